internal import ArticleMerge
internal import ArticleModel
internal import TestSupport

/// A history of one text that some users made at random, as changes and as a history in runs.
///
/// Users type forward and backward, delete, paste, work offline for a while and merge what others
/// have, so that branches cross.
struct RandomTextHistory {
    /// One step: what a user did after what they knew.
    struct Step {
        let parents: [Int]
        let agent: UInt32
        let sequence: UInt64
        let patches: [TextDocument.Patch]
    }

    private(set) var steps: [Step] = []
    private(set) var seed: Change
    /// The steps as changes of an article, for the plain walk.
    private(set) var graph: EventGraph
    private var random: SeededRandom

    /// `stepCount` steps of `userCount` users.
    init(seed number: UInt64, userCount: Int, stepCount: Int) throws {
        random = SeededRandom(seed: number)
        seed = try Self.change(0, [], by: 0, sequence: 0, patches: nil)
        graph = try EventGraph(seed: seed)
        var heads: [[Int]] = Array(repeating: [], count: userCount)
        var sequences: [UInt64] = Array(repeating: 0, count: userCount)
        for _ in 0..<stepCount {
            let user = random.below(userCount)
            if random.oneIn(4) {
                let other = random.below(userCount)
                heads[user] = minimal(heads[user] + heads[other])
            }
            let length = try text(at: heads[user]).scalarCount
            let patches = makePatches(length)
            try add(
                Step(
                    parents: heads[user].sorted(),
                    agent: UInt32(user),
                    sequence: sequences[user],
                    patches: patches
                )
            )
            for patch in patches {
                sequences[user] += UInt64(patch.deletedCount + patch.inserted.scalarCount)
            }
            heads[user] = [steps.count - 1]
        }
    }

    /// The text at a version, by the plain walk.
    func text(at version: [Int]) throws -> ScalarText {
        let ids = try version.isEmpty ? [seed.id] : version.map { try Self.id($0 + 1) }
        let part = try graph.graph(of: ids).orThrow()
        return ArticleState(replayingPlainly: part).body.text
    }

    private mutating func add(_ step: Step) throws {
        steps.append(step)
        let parents =
            try step.parents.isEmpty ? [seed.id] : step.parents.map { try Self.id($0 + 1) }
        try graph.insert(
            Self.change(
                steps.count,
                parents.sorted(),
                by: step.agent,
                sequence: step.sequence,
                patches: step.patches
            )
        )
    }

    /// The heads of a version, without those that others of them know.
    private func minimal(_ version: [Int]) -> [Int] {
        let distinct = Set(version).sorted()
        return distinct.filter { one in
            !distinct.contains { other in
                other != one && isAncestor(one, of: other)
            }
        }
    }

    private func isAncestor(_ one: Int, of other: Int) -> Bool {
        guard let first = try? Self.id(one + 1), let second = try? Self.id(other + 1) else {
            return false
        }
        return graph.isAncestor(first, of: second)
    }

    private mutating func makePatches(_ length: Int) -> [TextDocument.Patch] {
        var length = length
        var patches: [TextDocument.Patch] = []
        var position = random.below(length + 1)
        for _ in 0..<1 + random.below(4) {
            var deleted = 0
            var inserted: ScalarText = ""
            position = min(position, length)
            switch random.below(5) {
            case 0 where position > 0:
                // The backspace key.
                deleted = 1
                position -= 1
            case 1: deleted = min(length - position, random.below(4))
            case 2:
                position = random.below(length + 1)
                inserted = random.text(upTo: 6)
            default: inserted = random.text(upTo: 2)
            }
            if deleted == 0, inserted.isEmpty { inserted = "x" }
            patches.append(.init(position: position, deletedCount: deleted, inserted: inserted))
            length += inserted.scalarCount - deleted
            position += inserted.scalarCount
        }
        return patches
    }

    private static func id(_ number: Int) throws -> ChangeID {
        var bytes = [UInt8](repeating: 0, count: 32)
        bytes[0] = UInt8(truncatingIfNeeded: number &* 167)
        bytes[30] = UInt8(truncatingIfNeeded: number >> 8)
        bytes[31] = UInt8(truncatingIfNeeded: number)
        return try ChangeID(bytes).orThrow()
    }

    private static func change(
        _ number: Int,
        _ parents: [ChangeID],
        by agent: UInt32,
        sequence: UInt64,
        patches: [TextDocument.Patch]?
    ) throws -> Change {
        let operations = patches?.flatMap { patch -> [Operation] in
            var result: [Operation] = []
            if patch.deletedCount > 0 {
                result.append(
                    .delete(.body, position: patch.position, count: patch.deletedCount)
                )
            }
            if !patch.inserted.isEmpty {
                result.append(.insert(.body, position: patch.position, text: patch.inserted))
            }
            return result
        }
        let start = Seed(nonce: nil, fields: [], summary: "", body: "", provenance: nil)
        let name = [UInt8](repeating: UInt8(agent), count: 16)
        return Change(
            id: try id(number),
            content: operations.map { .edit(parents: parents, operations: $0) } ?? .seed(start),
            author: try UserID(name).orThrow(),
            device: try DeviceKey(name + name).orThrow(),
            chain: try ChainID(name).orThrow(),
            sequence: sequence,
            lamport: UInt64(number),
            timeMilliseconds: 0,
            permission: .edit
        )
    }
}
