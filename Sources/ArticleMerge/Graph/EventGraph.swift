public import ArticleModel

/// All changes of one article, each after its parents.
///
/// Inside, changes go by their number in order of arrival. That order is a topological one but
/// differs between replicas, so no result may depend on it.
public struct EventGraph: Sendable {
    struct Node: Sendable {
        let id: ChangeID
        /// Nil for a change that could not be read.
        let change: Change?
        let parents: [Int]
        /// A fault found before the change came here.
        let fault: Fault?
        /// What the change inserted, so that a character is found without counting scalars.
        let insertions: [Insertion]

        init(_ change: Change, parents: [Int]) {
            id = change.id
            self.change = change
            self.parents = parents
            fault = nil
            insertions = change.insertions
        }

        init(_ faulty: FaultyChange) {
            id = faulty.change
            change = nil
            parents = []
            fault = faulty.fault
            insertions = []
        }

        /// How many scalars the change inserted.
        var insertedCount: Int { insertions.last?.end ?? 0 }

        /// The text that the inserted scalar at `offset` went to, or nil past the last.
        func textField(ofInserted offset: UInt32) -> TextField? {
            let place = insertions.sortedIndex(notBefore: { $0.end <= Int(offset) })
            return place < insertions.endIndex ? insertions[place].field : nil
        }
    }

    /// The article the changes belong to.
    public let article: ArticleID
    private(set) var nodes: [Node]
    private var numbers: [ChangeID: Int]
    /// The changes that count as void, of which some may not be here.
    public private(set) var voidChanges: Set<ChangeID> = []
    /// The numbers of those that are here.
    private(set) var voidNumbers: Set<Int> = []
    /// How many scalars all changes inserted.
    private(set) var insertedCount: Int

    /// Begins the graph of the article that `seed` begins.
    public init(seed: Change) throws(MergeError) {
        guard case .seed = seed.content else {
            throw MergeError(.notASeed, "change \(seed.id) is no seed: an article begins with one")
        }
        guard seed.permission >= .edit else {
            throw MergeError(.notASeed, "seed \(seed.id) comes without the right to edit")
        }
        article = seed.id.prefix16(as: ArticleID.self)
        nodes = [Node(seed, parents: [])]
        numbers = [seed.id: 0]
        insertedCount = nodes[0].insertedCount
    }

    /// The number of changes, faulty ones included.
    public var count: Int { nodes.count }

    /// The changes that could be read, each after its parents.
    public var changes: [Change] { nodes.compactMap(\.change) }

    /// The change the article began with.
    public var seed: ChangeID { nodes[0].id }

    /// Whether the change is in the graph.
    public func contains(_ id: ChangeID) -> Bool { numbers[id] != nil }

    /// The change of an id, or nil where it is absent or could not be read.
    public func change(_ id: ChangeID) -> Change? { numbers[id].flatMap { nodes[$0].change } }

    /// The changes that no other has as a parent, faulty ones included, sorted.
    ///
    /// New changes go on from ``ArticleState/heads`` instead, which are free of faults.
    public var heads: [ChangeID] {
        var isHead = [Bool](repeating: true, count: nodes.count)
        for node in nodes {
            for parent in node.parents { isHead[parent] = false }
        }
        return nodes.indices.filter { isHead[$0] }.map { nodes[$0].id }.sorted()
    }

    /// Takes in a change whose parents are here; false where it was here before.
    @discardableResult
    public mutating func insert(_ change: Change) throws(MergeError) -> Bool {
        guard !contains(change.id) else { return false }
        if case .seed = change.content {
            throw MergeError(.foreignSeed, "change \(change.id) begins another article")
        }
        let missing = change.parents.filter { !contains($0) }
        guard missing.isEmpty else {
            throw MergeError(
                .missingParents,
                "change \(change.id) goes on from \(missing.count) changes that are not here yet",
                missing: missing.sorted()
            )
        }
        let parents = change.parents.compactMap { numbers[$0] }
        append(Node(change, parents: parents))
        return true
    }

    /// Takes in a change that was found faulty before it came here; false where it was here before.
    ///
    /// Its parents may be missing: what it says does not count.
    @discardableResult
    public mutating func insert(_ faulty: FaultyChange) -> Bool {
        guard !contains(faulty.change) else { return false }
        append(Node(faulty))
        return true
    }

    private mutating func append(_ node: Node) {
        if voidChanges.contains(node.id) { voidNumbers.insert(nodes.count) }
        numbers[node.id] = nodes.count
        nodes.append(node)
        insertedCount += node.insertedCount
    }

    /// Says which changes are void, in place of what was said before; they may come later.
    ///
    /// A void change has no effect: what it inserts is not seen, what it deletes stays, its values,
    /// tags and notes do not count, and it is no head. It keeps its place, as others may have gone
    /// on from it: their positions count the text with it (the raw text).
    public mutating func setVoid(_ changes: Set<ChangeID>) {
        voidChanges = changes
        voidNumbers = Set(changes.compactMap { numbers[$0] })
    }

    /// Whether the change counts as void.
    public func isVoid(_ id: ChangeID) -> Bool { voidChanges.contains(id) }

    func isVoid(number: Int) -> Bool { !voidNumbers.isEmpty && voidNumbers.contains(number) }

    /// Whether one of the changes here is void.
    var holdsVoids: Bool { !voidNumbers.isEmpty }

    func number(of id: ChangeID) -> Int? { numbers[id] }
}
