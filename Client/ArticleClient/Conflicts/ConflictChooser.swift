import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// What the command line says is to become of conflicts.
enum Taking {
    case ours
    case theirs
    case user(String)
    case both
    case base
    case edit
    case file(String)

    /// Reads it from the line; nil where nothing is said.
    init?(_ line: ParsedCommand) throws {
        var given: [Taking] = []
        if line.has("ours") { given.append(.ours) }
        if line.has("theirs") { given.append(.theirs) }
        if let name = line.value("take") { given.append(.user(name)) }
        if line.has("both") { given.append(.both) }
        if line.has("base") { given.append(.base) }
        if line.has("edit") { given.append(.edit) }
        if let path = line.value("from") { given.append(.file(path)) }
        guard given.count <= 1 else {
            throw line.misuse(
                "Give one of --ours, --theirs, --take, --both, --base, --edit and --from, not "
                    + "\(given.count)."
            )
        }
        guard let first = given.first else { return nil }
        self = first
    }

    /// Whether a person has to say something for each conflict.
    var needsWords: Bool {
        switch self {
        case .edit, .file: true
        case .ours, .theirs, .user, .both, .base: false
        }
    }
}

/// Finds which alternative somebody means.
struct ConflictChooser {
    let library: OpenLibrary

    /// The alternative, or what else was chosen without words.
    func choice(_ taking: Taking, in found: FoundConflict) throws -> ConflictResolution {
        switch taking {
        case .ours: return .alternative(try ours(in: found))
        case .theirs: return .alternative(try theirs(in: found))
        case .user(let name): return .alternative(try taken(name, in: found))
        case .both:
            try checkBoth(in: found)
            return .all
        case .base:
            guard found.conflict.base != nil else {
                throw refusal(found, "There was nothing before the sides parted.")
            }
            return .base
        case .edit, .file: throw refusal(found, "That needs words.")
        }
    }

    /// The alternatives that are no nested ones, with their sides.
    private func plain(_ found: FoundConflict) -> [(number: Int, sides: [Side])] {
        found.conflict.alternatives.enumerated().filter { !$0.element.isNested }.map {
            ($0.offset, found.sides(of: $0.element))
        }
    }

    private func mine(_ found: FoundConflict) -> [(number: Int, sides: [Side])] {
        plain(found).filter { alternative in
            alternative.sides.contains { $0.heading?.author == library.user && library.user != nil }
        }
    }

    private func ours(in found: FoundConflict) throws -> Int {
        let mine = mine(found)
        if mine.count == 1 { return mine[0].number }
        guard mine.isEmpty else {
            // Both are the user's: this machine's is meant.
            let here = mine.filter { $0.sides.contains { $0.heading?.device == library.device } }
            if here.count == 1 { return here[0].number }
            throw refusal(found, "Several of the sides are yours.")
        }
        throw refusal(found, "None of the sides is yours.")
    }

    private func theirs(in found: FoundConflict) throws -> Int {
        let all = plain(found)
        var own = Set(mine(found).map(\.number))
        if own.count == all.count, let here = try? ours(in: found) { own = [here] }
        let others = all.filter { !own.contains($0.number) }
        guard others.count == 1 else {
            throw refusal(
                found,
                others.isEmpty
                    ? "All sides are yours." : "There are \(others.count) sides of others."
            )
        }
        return others[0].number
    }

    /// The alternative of a user, of a device of theirs, or of a change.
    private func taken(_ name: String, in found: FoundConflict) throws -> Int {
        let all = found.conflict.alternatives.enumerated().map {
            (number: $0.offset, isNested: $0.element.isNested, sides: found.sides(of: $0.element))
        }
        let wanted = name == "me" ? library.user.map { library.name(of: $0) } ?? name : name
        for isFound in [
            { (side: Side) in side.user == wanted || side.device == wanted },
            { (side: Side) in name.utf8.count >= 4 && side.change.handle.hasPrefix(name) },
        ] {
            let some = all.filter { $0.sides.contains(where: isFound) }
            let plain = some.filter { !$0.isNested }
            if plain.count == 1 { return plain[0].number }
            if plain.isEmpty, some.count == 1 { return some[0].number }
            guard some.isEmpty else {
                throw refusal(found, "Several of the sides are by “\(name)”: name the device.")
            }
        }
        let people = all.flatMap { $0.sides.map(\.device) }
        throw ClientError(
            .notFound,
            "conflict.side",
            "No side of conflict \(found.record.shortHandle) is by “\(name)”. Its sides: "
                + Set(people).sorted().joined(separator: ", ") + ".",
            hint: "galley conflicts show \(found.record.shortHandle)"
        )
    }

    private func checkBoth(in found: FoundConflict) throws {
        switch found.conflict.subject {
        case .text, .note: return
        case .field(let field):
            let areLists = found.conflict.alternatives.allSatisfy { alternative in
                switch alternative.content {
                case .value(.list), .value(.absent): true
                default: false
                }
            }
            guard !areLists else { return }
            throw refusal(found, "The field \(field.name) has one value only.")
        case .article: throw refusal(found, "An article cannot be both kept and deleted.")
        }
    }

    private func refusal(_ found: FoundConflict, _ message: String) -> ClientError {
        let people = found.conflict.alternatives.flatMap { alternative in
            found.sides(of: alternative).map(\.device)
        }
        return ClientError(
            .usage,
            "conflict.choice",
            "\(message) The sides of conflict \(found.record.shortHandle): "
                + Set(people).sorted().joined(separator: ", ") + ".",
            hint: "galley resolve \(found.record.shortHandle) --take USER takes that side's, "
                + "USER/DEVICE or a change's id where there are several"
        )
    }
}
