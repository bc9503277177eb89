internal import ArticleMerge
internal import ArticleModel

/// A text and people who edit what they see of it, change by change.
struct ConflictDesk {
    private(set) var changes: [TextGraph.Change] = []
    private var sequences: [String: UInt64] = [:]
    let field: TextField

    init(_ text: String, field: TextField = .body) throws {
        self.field = field
        try add("s", by: "seed", after: [], [.insert(field, position: 0, text: scalars(text))])
    }

    func analysis() throws -> ConflictAnalysis {
        ConflictAnalysis(try TextGraph(field: field, changes: changes).orThrow())
    }

    func shown() throws -> ShownText { try analysis().shownText() }

    /// The first conflict's alternatives.
    func alternatives() throws -> [String] {
        try shown().conflicts.first.orThrow().alternatives.map(\.text.string)
    }

    /// Puts words in the place of others, where these first stand in what is shown.
    mutating func edit(
        _ name: String,
        by user: String,
        after parents: [String] = ["s"],
        _ edits: (String, String)...
    ) throws {
        let version = try parents.map { try Self.id($0) }
        let analysis = try analysis()
        let text = try analysis.shownText(at: version).orThrow().text.scalars
        let hunks = try edits.map { old, new -> TextHunk in
            let words = RandomEdits.scalars(old)
            let starts = text.indices.filter { text[$0...].starts(with: words) }
            let start = try starts.first.orThrow()
            let range = start..<start + words.count
            return try RandomEdits.hunk(text, range, RandomEdits.scalars(new)).orThrow()
        }
        let draft = try analysis.edit(hunks, at: version).orThrow()
        try add(name, by: user, after: parents, draft.operations)
    }

    /// Inserts words at a position of what is shown.
    mutating func insert(
        _ name: String,
        by user: String,
        after parents: [String] = ["s"],
        _ text: String,
        at position: Int
    ) throws {
        let hunk = TextHunk(position: position, deletedCount: 0, inserted: try scalars(text))
        let version = try parents.map { try Self.id($0) }
        let draft = try analysis().edit([hunk], at: version).orThrow()
        try add(name, by: user, after: parents, draft.operations)
    }

    /// Settles the first conflict.
    mutating func resolve(
        _ name: String,
        by user: String,
        after parents: [String],
        _ choice: ConflictChoice
    ) throws {
        let version = try parents.map { try Self.id($0) }
        let analysis = try analysis()
        let key = try analysis.shownText(at: version)?.conflicts.first.orThrow().key
        let draft = try analysis.resolution(of: [key.orThrow(): choice], at: version).orThrow()
        try add(name, by: user, after: parents, draft.operations)
    }

    mutating func undo(
        _ name: String,
        by user: String,
        after parents: [String],
        _ change: String
    ) throws {
        let version = try parents.map { try Self.id($0) }
        let draft = try analysis().undo(Self.id(change), at: version).orThrow()
        try add(name, by: user, after: parents, draft.operations)
    }

    /// Adds a change that does what it is told, whatever is shown.
    mutating func add(
        _ name: String,
        by user: String,
        after parents: [String],
        _ operations: [Operation]
    ) throws {
        let sequence = sequences[user] ?? 0
        sequences[user] = sequence + 1
        changes.append(
            try ConflictHistory.change(
                id: Self.id(name),
                user,
                sequence: sequence,
                after: parents.map { try Self.id($0) },
                operations,
                among: changes
            )
        )
    }

    mutating func void(_ name: String) throws {
        let id = try Self.id(name)
        changes = changes.map { $0.id == id ? $0.voided() : $0 }
    }

    static func id(_ name: String) throws -> ChangeID {
        let bytes = Array(name.utf8)
        return try ChangeID(bytes + [UInt8](repeating: 0, count: 32 - bytes.count)).orThrow()
    }
}

private func scalars(_ string: String) throws -> ScalarText { try ScalarText(string).orThrow() }
