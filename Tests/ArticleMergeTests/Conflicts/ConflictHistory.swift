internal import ArticleMerge
internal import ArticleModel
internal import TestSupport

/// A history of one text that some users made at random: edits, partial syncs, conflicts settled
/// side by side, changes taken back.
struct ConflictHistory {
    let number: UInt64
    private(set) var changes: [TextGraph.Change] = []
    /// By change: itself and its ancestors.
    private(set) var known: [Set<Int>] = []
    /// What went wrong while it was made: edits that did not come out as typed.
    private(set) var failures: [String] = []
    private var random: SeededRandom

    init(seed: UInt64) throws {
        number = seed
        random = SeededRandom(seed: seed)
        let userCount = 2 + random.below(4)
        let blocks = (0...random.below(3)).map { _ in
            RandomEdits.sentence(2 + random.below(4), &random)
        }
        let start = try ScalarText(blocks.joined(separator: "\n\n")).orThrow()
        try add("seed", sequence: 0, after: [], [.insert(.body, position: 0, text: start)])
        var users = [Set<Int>](repeating: [0], count: userCount)
        var sequences = [UInt64](repeating: 0, count: userCount)
        for _ in 1..<(seed % 10 == 0 ? 28 : 4 + random.below(11)) {
            let user = random.below(userCount)
            if random.below(100) < 35 { users[user].formUnion(users[random.below(userCount)]) }
            guard try step("u\(user)", sequences[user], users[user]) else { continue }
            sequences[user] += 1
            users[user].insert(changes.count - 1)
        }
    }

    func graph() throws -> TextGraph { try Self.graph(changes) }

    static func graph(_ changes: [TextGraph.Change]) throws -> TextGraph {
        try TextGraph(field: .body, changes: changes).orThrow()
    }

    /// The changes in another order in which each comes after its parents.
    static func shuffled(
        _ changes: [TextGraph.Change],
        _ random: inout SeededRandom
    ) -> [TextGraph.Change] {
        var rest = changes
        var result: [TextGraph.Change] = []
        var known: Set<ChangeID> = []
        while !rest.isEmpty {
            let ready = rest.indices.filter { known.isSuperset(of: rest[$0].parents) }
            guard let choice = random.pick(ready) else { return result }
            let change = rest.remove(at: choice)
            known.insert(change.id)
            result.append(change)
        }
        return result
    }

    func heads(of version: Set<Int>) -> [ChangeID] {
        version.filter { one in !version.contains { $0 != one && known[$0].contains(one) } }
            .map { changes[$0].id }.sorted()
    }

    /// One user's next change, on top of what they know; false where nothing was done.
    private mutating func step(
        _ chain: String,
        _ sequence: UInt64,
        _ version: Set<Int>
    ) throws -> Bool {
        let heads = heads(of: version)
        let analysis = ConflictAnalysis(try graph())
        let shown = try analysis.shownText(at: heads).orThrow()
        let text = shown.text.scalars
        let wanted: [Unicode.Scalar]?
        let draft: EditDraft
        if !shown.conflicts.isEmpty, random.below(100) < 35 {
            (draft, wanted) = try resolution(analysis, shown, heads)
        } else if changes.count > 3, random.below(100) < 8,
            let undone = random.pick(version.sorted().filter { $0 > 0 })
        {
            draft = try analysis.undo(changes[undone].id, at: heads).orThrow()
            wanted = nil
        } else {
            var hunks: [TextHunk] = []
            for _ in 0..<(random.pick([1, 1, 1, 2, 3]) ?? 1) {
                guard let hunk = RandomEdits.edit(text, &random) else { continue }
                let isApart = hunks.allSatisfy {
                    hunk.position > $0.position + $0.deletedCount + 1
                        || $0.position > hunk.position + hunk.deletedCount + 1
                }
                if isApart { hunks.append(hunk) }
            }
            hunks.sort { $0.position < $1.position }
            draft = try analysis.edit(hunks, at: heads).orThrow()
            wanted = Self.apply(hunks, to: text)
        }
        guard !draft.operations.isEmpty else { return false }
        let parents = heads
        try add(chain, sequence: sequence, after: parents, draft.operations)
        try check(analysis, shown, draft, wanted)
        return true
    }

    private mutating func resolution(
        _ analysis: ConflictAnalysis,
        _ shown: ShownText,
        _ heads: [ChangeID]
    ) throws -> (EditDraft, [Unicode.Scalar]?) {
        let all = random.below(10) < 3
        let chosen = all ? shown.conflicts : random.pick(shown.conflicts).map { [$0] } ?? []
        var choices: [ConflictKey: ConflictChoice] = [:]
        var words: [(Range<Int>, [Unicode.Scalar])] = []
        for conflict in chosen {
            let number = random.below(conflict.alternatives.count)
            switch random.below(6) {
            case 0:
                choices[conflict.key] = .base
                words.append((conflict.range, conflict.base.scalars))
            case 1:
                choices[conflict.key] = .text("mine own")
                words.append((conflict.range, Array("mine own".unicodeScalars)))
            case 2:
                choices[conflict.key] = .all
                words = []
            default:
                choices[conflict.key] = .alternative(number)
                words.append((conflict.range, conflict.alternatives[number].text.scalars))
            }
        }
        let draft = try analysis.resolution(of: choices, at: heads).orThrow()
        guard words.count == chosen.count else { return (draft, nil) }
        var text = shown.text.scalars
        for (range, words) in words.reversed() { text.replaceSubrange(range, with: words) }
        return (draft, text)
    }

    static func apply(_ hunks: [TextHunk], to text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var text = text
        for hunk in hunks.reversed() {
            text.replaceSubrange(
                hunk.position..<hunk.position + hunk.deletedCount,
                with: hunk.inserted.scalars
            )
        }
        return text
    }

    /// What is shown after a change is what was typed, and conflicts elsewhere are as they were.
    private mutating func check(
        _ before: ConflictAnalysis,
        _ shown: ShownText,
        _ draft: EditDraft,
        _ wanted: [Unicode.Scalar]?
    ) throws {
        let made = changes[changes.count - 1]
        let analysis = ConflictAnalysis(try graph())
        let after = try analysis.shownText(at: [made.id]).orThrow()
        if let wanted, after.text.scalars != wanted {
            failures.append("shown \(after.text), typed \(wanted)")
        }
        for conflict in shown.conflicts where !draft.closes.contains(conflict.key) {
            let same = after.conflicts.first { $0.key == conflict.key }
            if same?.sides != conflict.sides || same?.alternatives != conflict.alternatives
                || same?.base != conflict.base
            {
                failures.append("an edit elsewhere altered conflict \(conflict.key)")
            }
        }
        if after.conflicts.contains(where: { draft.closes.contains($0.key) }) {
            failures.append("what \(made.id) closed is open")
        }
    }

    private mutating func add(
        _ chain: String,
        sequence: UInt64,
        after parents: [ChangeID],
        _ operations: [Operation]
    ) throws {
        let change = try Self.change(
            id: ChangeID(random.bytes(32)).orThrow(),
            chain,
            sequence: sequence,
            after: parents,
            operations,
            among: changes
        )
        var own: Set<Int> = [changes.count]
        for (number, other) in changes.enumerated() where parents.contains(other.id) {
            own.formUnion(known[number])
        }
        changes.append(change)
        known.append(own)
    }

    /// A change of the body's operations alone.
    static func change(
        id: ChangeID,
        _ chain: String,
        sequence: UInt64,
        after parents: [ChangeID],
        _ operations: [Operation],
        among changes: [TextGraph.Change]
    ) throws -> TextGraph.Change {
        let above = changes.filter { parents.contains($0.id) }.map(\.lamport).max() ?? 0
        let name = Array(chain.utf8)
        var steps: [TextGraph.Step] = []
        var closes: [ConflictKey] = []
        var offset: UInt32 = 0
        for operation in operations {
            switch operation {
            case .insert(_, let position, let text):
                steps.append(.insert(position: position, text: text, offset: offset))
                offset += UInt32(text.scalarCount)
            case .delete(_, let position, let count):
                steps.append(.delete(position: position, count: count))
            case .revive(_, let ranges): steps.append(.revive(ranges))
            case .close(_, let keys): closes += keys
            default: break
            }
        }
        return TextGraph.Change(
            id: id,
            chain: try ChainID(name + [UInt8](repeating: 0, count: 16 - name.count)).orThrow(),
            sequence: sequence,
            lamport: above + 1,
            parents: parents,
            steps: steps,
            closes: closes
        )
    }
}

extension TextGraph.Change {
    /// The same change past a cut.
    func voided() -> Self {
        Self(
            id: id,
            chain: chain,
            sequence: sequence,
            lamport: lamport,
            parents: parents,
            steps: steps,
            closes: closes,
            isVoid: true
        )
    }
}
