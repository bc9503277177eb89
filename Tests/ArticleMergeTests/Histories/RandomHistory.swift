internal import ArticleMerge
internal import ArticleModel
internal import TestSupport

/// A history of one article that some users made at random, syncing now and then.
///
/// Each user has a replica and edits what it shows. Syncing hands over a part of what another one
/// has, so heads are many and branches cross. Some changes are faulty on purpose.
struct RandomHistory {
    /// What to make.
    struct Shape {
        var userCount = 2...5
        var changeCount = 4...14
        /// Whether operations on text may follow a revival in the same change.
        var editsAfterRevivals = true
        /// One change in so many is faulty.
        var faultyOneIn = 12
        var voids = Voids.none

        /// Whether some changes are void.
        enum Voids {
            case none
            /// Found out once all is merged.
            case late
            /// Found out along the way, so that everybody goes on from what is left.
            case early
        }
    }

    /// The changes that are void.
    private(set) var voidChanges: Set<ChangeID> = []

    let seed: Change
    /// The changes after the seed, parents first.
    private(set) var changes: [Change] = []
    private(set) var replicas: [Replica] = []
    private var random: SeededRandom
    private let shape: Shape
    private var lamport: UInt64 = 0

    struct Replica {
        let user: UserID
        var sequence: UInt64 = 0
        var graph: EventGraph
        var state: ArticleState
    }

    init(seed number: UInt64, shape: Shape = Shape()) throws {
        random = SeededRandom(seed: number)
        self.shape = shape
        seed = try Self.seed(&random)
        for index in 0..<random.pickCount(shape.userCount) {
            let bytes = [UInt8](repeating: UInt8(index + 1), count: 16)
            replicas.append(
                Replica(
                    user: try UserID(bytes).orThrow(),
                    graph: try EventGraph(seed: seed),
                    state: try ArticleState(seed: seed)
                )
            )
        }
        for _ in 0..<random.pickCount(shape.changeCount) {
            let user = random.below(replicas.count)
            if random.oneIn(2) { try sync(user, from: random.below(replicas.count)) }
            if random.oneIn(6) {
                for other in replicas.indices { try sync(user, from: other, isWhole: true) }
            }
            try edit(user)
        }
        if shape.voids == .late {
            for change in changes where random.oneIn(5) { voidChanges.insert(change.id) }
        }
    }

    /// The graph of all changes, arrived in another order for each `order`.
    func graph(order: UInt64) throws -> EventGraph {
        var random = SeededRandom(seed: order)
        var graph = try EventGraph(seed: seed)
        graph.setVoid(voidChanges)
        var waiting = changes
        while !waiting.isEmpty {
            let ready = waiting.indices.filter { waiting[$0].parents.allSatisfy(graph.contains) }
            guard let next = random.pick(ready) else { throw Missing() }
            try graph.insert(waiting.remove(at: next))
        }
        return graph
    }

    private mutating func edit(_ user: Int) throws {
        lamport += 1
        let replica = replicas[user]
        var maker = OperationMaker(
            random: random,
            state: replica.state,
            user: replica.user,
            editsAfterRevivals: shape.editsAfterRevivals
        )
        let isFaulty = random.oneIn(shape.faultyOneIn)
        let draft = try maker.draft(isFaulty: isFaulty)
        random = maker.random
        var parents = replica.state.heads
        // Now and then someone goes on from a change that has no effect.
        if random.oneIn(15), let faulty = random.pick(replica.state.faults) {
            parents = (parents + [faulty.change]).sorted()
        }
        if random.oneIn(150) { parents = [] }
        let chain = random.bytes(1) + [UInt8](repeating: 0, count: 15)
        let change = Change(
            id: try ChangeID(random.bytes(32)).orThrow(),
            content: .edit(parents: parents, operations: draft.operations),
            author: replica.user,
            device: try DeviceKey(replica.user.bytes + replica.user.bytes).orThrow(),
            chain: random.oneIn(3)
                ? try ChainID(chain).orThrow() : try ChainID(replica.user.bytes).orThrow(),
            // A number given twice must not make replicas differ.
            sequence: random.oneIn(10) ? 0 : replica.sequence,
            lamport: random.oneIn(6) ? 1 : lamport,
            timeMilliseconds: Int64(lamport),
            permission: draft.permission
        )
        replicas[user].sequence += 1
        changes.append(change)
        try deliver(change, to: user)
        if shape.voids == .early, random.oneIn(4), let found = random.pick(changes) {
            cut(found.id)
        }
    }

    /// Everybody learns that a change is void.
    private mutating func cut(_ change: ChangeID) {
        voidChanges.insert(change)
        for user in replicas.indices {
            replicas[user].graph.setVoid(voidChanges)
            if replicas[user].graph.contains(change) {
                replicas[user].state = ArticleState(replaying: replicas[user].graph)
            }
        }
    }

    /// Hands over a change that `other` has, with what it goes on from.
    private mutating func sync(_ user: Int, from other: Int, isWhole: Bool = false) throws {
        let graph = replicas[other].graph
        guard user != other, let last = random.pick(graph.changes) else { return }
        let history = Set(isWhole ? graph.changes.map(\.id) : graph.history(of: [last.id]))
        for change in changes where history.contains(change.id) {
            if !replicas[user].graph.contains(change.id) { try deliver(change, to: user) }
        }
    }

    private mutating func deliver(_ change: Change, to user: Int) throws {
        try replicas[user].graph.insert(change)
        if !voidChanges.contains(change.id), replicas[user].state.canAppend(change) {
            try replicas[user].state.append(change)
        } else {
            replicas[user].state = ArticleState(replaying: replicas[user].graph)
        }
    }

    private static func seed(_ random: inout SeededRandom) throws -> Change {
        var fields: [Seed.FieldEntry] = []
        if random.oneIn(2) { fields.append(.init(.title, .text("A title"))) }
        let seed = Seed(
            nonce: nil,
            fields: fields,
            summary: random.oneIn(2) ? "" : random.text(upTo: 6),
            body: random.oneIn(4) ? "" : random.text(upTo: 12),
            provenance: nil
        )
        return Change(
            id: try ChangeID(random.bytes(32)).orThrow(),
            content: .seed(seed),
            author: try UserID([UInt8](repeating: 1, count: 16)).orThrow(),
            device: try DeviceKey([UInt8](repeating: 1, count: 32)).orThrow(),
            chain: try ChainID([UInt8](repeating: 1, count: 16)).orThrow(),
            sequence: 0,
            lamport: 0,
            timeMilliseconds: 0,
            permission: .edit
        )
    }
}

/// Something a test needs is absent.
struct Missing: Error {}

extension Optional {
    func orThrow() throws -> Wrapped {
        guard let self else { throw Missing() }
        return self
    }
}

extension SeededRandom {
    mutating func pickCount(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// One to `count` scalars of many scripts, some of which join with their neighbours.
    mutating func text(upTo count: Int) -> ScalarText {
        let scalars = "abcdefgh éßжя漢字かש👍🏽\u{301}\u{200D}\u{FE0F}🇩🇪\n.,-".unicodeScalars
        let letters = Array(scalars)
        let picked = (0..<1 + below(count)).map { _ in letters[below(letters.count)] }
        return ScalarText(scalars: picked) ?? "x"
    }
}

extension RandomHistory.Shape.Voids {
    /// A third of all histories each has none, some found out late, some known early.
    static func of(history number: Int) -> Self {
        switch number % 3 {
        case 0: .none
        case 1: .late
        default: .early
        }
    }
}
