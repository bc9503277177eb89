internal import ArticleMerge
internal import ArticleModel

/// Makes changes of one article by hand, for tests that tell a short story.
struct Desk {
    private(set) var graph: EventGraph
    let seed: Change
    private var count: UInt8 = 0

    init(body: ScalarText = "", summary: ScalarText = "", fields: [Seed.FieldEntry] = []) throws {
        let content = Seed(
            nonce: nil,
            fields: fields,
            summary: summary,
            body: body,
            provenance: nil
        )
        seed = try Desk.change(0, .seed(content), by: 1, lamport: 0, permission: .edit)
        graph = try EventGraph(seed: seed)
    }

    /// The article after all changes.
    var state: ArticleState { ArticleState(replaying: graph) }

    /// The article after a version's changes alone.
    func state(at version: [ChangeID]) throws -> ArticleState {
        ArticleState(replaying: try graph.graph(of: version).orThrow())
    }

    /// Records that `user` did `operations`, knowing the changes `after` (all heads by default).
    @discardableResult
    mutating func edit(
        by user: UInt8 = 1,
        after parents: [ChangeID]? = nil,
        permission: PermissionClass? = nil,
        _ operations: Operation...
    ) throws -> ChangeID {
        count += 1
        let change = try Desk.change(
            count,
            .edit(parents: (parents ?? state.heads).sorted(), operations: operations),
            by: user,
            lamport: UInt64(count),
            permission: permission ?? operations.map(\.permission).max() ?? .annotate
        )
        try graph.insert(change)
        return change.id
    }

    mutating func insert(_ change: Change) throws { try graph.insert(change) }

    mutating func insert(_ faulty: FaultyChange) { graph.insert(faulty) }

    static func user(_ number: UInt8) throws -> UserID {
        try UserID([UInt8](repeating: number, count: 16)).orThrow()
    }

    static func id(_ number: UInt8) throws -> ChangeID {
        try ChangeID([number] + [UInt8](repeating: 0xAA, count: 31)).orThrow()
    }

    static func change(
        _ number: UInt8,
        _ content: ChangeSetBody.Change,
        by user: UInt8,
        lamport: UInt64,
        permission: PermissionClass
    ) throws -> Change {
        Change(
            id: try id(number),
            content: content,
            author: try Desk.user(user),
            device: try DeviceKey([UInt8](repeating: user, count: 32)).orThrow(),
            chain: try ChainID([UInt8](repeating: user, count: 16)).orThrow(),
            sequence: UInt64(number),
            lamport: lamport,
            timeMilliseconds: 0,
            permission: permission
        )
    }
}
