public import ArticleModel

/// The changes of one text, each after its parents: all that its conflicts follow from.
///
/// Inside, changes go by their number in the order given, so no result may depend on that order.
public struct TextGraph: Sendable {
    /// A step of a change, as far as it concerns the text.
    public enum Step: Hashable, Sendable {
        /// Puts `text` so that its first scalar stands at `position`; `offset` is that scalar's
        /// place among all scalars that the change inserts.
        case insert(position: Int, text: ScalarText, offset: UInt32)
        /// Takes out `count` scalars from `position` on.
        case delete(position: Int, count: Int)
        /// Brings back characters that ancestors deleted.
        case revive([CharacterRange])
    }

    /// What one change does to the text.
    public struct Change: Hashable, Sendable {
        /// What it is known by.
        public let id: ChangeID
        /// The chain its change set is an entry of; with `sequence` it settles ties among
        /// insertions.
        public let chain: ChainID
        /// The place of its change set in that chain.
        public let sequence: UInt64
        /// Its logical time, above that of its parents.
        public let lamport: UInt64
        /// The changes it goes on from.
        public let parents: [ChangeID]
        /// What it does, in order.
        public let steps: [Step]
        /// The conflicts it closes by name.
        public let closes: [ConflictKey]
        /// Whether it lies past a cut: then it counts only for the positions of what goes on from
        /// it.
        public let isVoid: Bool

        /// A change of one text.
        public init(
            id: ChangeID,
            chain: ChainID,
            sequence: UInt64,
            lamport: UInt64,
            parents: [ChangeID],
            steps: [Step],
            closes: [ConflictKey] = [],
            isVoid: Bool = false
        ) {
            self.id = id
            self.chain = chain
            self.sequence = sequence
            self.lamport = lamport
            self.parents = parents
            self.steps = steps
            self.closes = closes
            self.isVoid = isVoid
        }

        var stamp: Stamp {
            Stamp(lamport: lamport, chain: chain, sequence: sequence, change: id)
        }
    }

    /// Which text it is.
    public let field: TextField
    /// The changes that count, each after its parents.
    package let changes: [Change]
    /// By number of change: its parents.
    let parents: [[Int]]
    private let numbers: [ChangeID: Int]

    /// The graph of `changes`, each of which comes after its parents; nil where one does not, or is
    /// there twice.
    ///
    /// Void changes that no other change but void ones goes on from are left out.
    public init?(field: TextField, changes: [Change]) {
        guard let kept = Self.withoutIdleVoid(changes) else { return nil }
        var numbers: [ChangeID: Int] = [:]
        numbers.reserveCapacity(kept.count)
        var parents: [[Int]] = []
        parents.reserveCapacity(kept.count)
        for change in kept {
            let known = change.parents.compactMap { numbers[$0] }
            guard known.count == change.parents.count else { return nil }
            parents.append(known)
            guard numbers.updateValue(parents.count - 1, forKey: change.id) == nil else {
                return nil
            }
        }
        self.field = field
        self.changes = kept
        self.parents = parents
        self.numbers = numbers
    }

    private static func withoutIdleVoid(_ changes: [Change]) -> [Change]? {
        guard changes.contains(where: \.isVoid) else { return changes }
        var needed: Set<ChangeID> = []
        var kept: [Change] = []
        for change in changes.reversed() where !change.isVoid || needed.contains(change.id) {
            needed.formUnion(change.parents)
            kept.append(change)
        }
        return kept.reversed()
    }

    /// The number of changes that count.
    public var count: Int { changes.count }

    /// What parts the text's blocks.
    public var separator: ScalarText { field.blockSeparator }

    func number(of id: ChangeID) -> Int? { numbers[id] }

    /// Whether a change comes first where sides are put in order: by logical time, then by id.
    func comesFirst(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (changes[one], changes[other])
        return first.lamport == second.lamport
            ? first.id < second.id : first.lamport < second.lamport
    }

    /// The changes that no other has as a parent.
    var heads: [Int] {
        var isHead = [Bool](repeating: true, count: changes.count)
        for parents in parents {
            for parent in parents { isHead[parent] = false }
        }
        return changes.indices.filter { isHead[$0] }
    }
}
