import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// Several users on a replica each, who do random things to a few articles.
struct RandomHistory {
    let library: TestLibrary
    let replicas: [Replica]
    private let signers: [Signer]
    private var random: SeededRandom
    private var clock: Int64 = 100

    init(seed: UInt64, userCount: Int = 3) throws {
        library = try TestLibrary(seed: seed)
        random = SeededRandom(seed: seed &* 31 &+ 7)
        var keys = [library.ownerKey]
        for number in 1..<max(2, userCount) {
            keys.append(try library.addUser("User \(number)", number == 1 ? .annotator : .editor))
        }
        let library = library
        replicas = try keys.indices.map { try library.makeReplica("user\($0).db") }
        // What is derived must not depend on what is derived together.
        for (replica, count) in zip(replicas, [8_192, 1, 3]) { replica.deriveCountMax = count }
        signers = keys.map { library.makeSigner($0) }
    }

    /// Lets someone do something `count` times, and now and then exchange with someone else.
    mutating func run(_ count: Int) throws {
        try act(0, .edit)
        for _ in 0..<count {
            let who = random.below(replicas.count)
            if random.oneIn(4) {
                let other = random.below(replicas.count)
                if other != who { try exchange(from: who, to: other) }
            } else {
                try act(who, who == 1 ? .annotate : .edit)
            }
        }
    }

    /// Brings all entries to all replicas, each replica in another order.
    mutating func exchangeAll() throws {
        var all: [ChangeSetID: IncomingEntry] = [:]
        for replica in replicas {
            for entry in try replica.incoming() { all[entry.signed.id] = entry }
        }
        for index in replicas.indices {
            var entries = all.values.sorted { $0.signed.id < $1.signed.id }
            entries.shuffle(using: &random)
            while !entries.isEmpty {
                let count = min(entries.count, 1 + random.below(10))
                _ = try replicas[index].receive(
                    Array(entries.prefix(count)),
                    from: library.peer,
                    verifying: random.oneIn(2) ? .all : .lastOfEachBranch
                )
                entries.removeFirst(count)
            }
        }
    }

    private mutating func exchange(from source: Int, to target: Int) throws {
        let report = try library.copy(
            replicas[source],
            to: replicas[target],
            random.oneIn(2) ? .all : .lastOfEachBranch
        )
        #expect(report.firstRefusal == nil)
    }

    private mutating func act(_ who: Int, _ permission: PermissionClass) throws {
        let replica = replicas[who]
        var filter = ArticleFilter()
        filter.deleted = .included
        let articles = try replica.articles(filter).sorted { $0.id < $1.id }
        clock += 1
        guard let summary = random.pick(articles), !random.oneIn(10) || permission != .edit else {
            guard permission == .edit else { return }
            let seed = Seed.test("Article \(random.below(6))", body: words(12))
            try replica.commit([.seed(seed)], as: signers[who], now: clock)
            return
        }
        guard let state = try replica.mergedArticle(summary.id) else { return }
        var operations = operations(on: state, permission)
        if state.isDeleted { operations = permission == .edit ? [.undeleteArticle] : [] }
        guard !operations.isEmpty else { return }
        try replica.commit([.edit(summary.id, operations)], as: signers[who], now: clock)
    }

    private mutating func operations(
        on state: ArticleState,
        _ permission: PermissionClass
    ) -> [Operation] {
        let count = state.body.scalarCount
        let noteKinds = 4
        let choice = random.below(permission == .edit ? 10 : noteKinds)
        let notes = state.notes.notes.filter { !$0.isDeleted }
        switch choice {
        case 0:
            return [
                .annotate(
                    Annotation(
                        kind: .comment,
                        target: .article,
                        quote: .none,
                        text: text(3),
                        tags: random.oneIn(2) ? ["check"] : []
                    )
                )
            ]
        case 1:
            return random.pick(notes).map { [.reply(to: $0.id, text: text(2))] } ?? []
        case 2:
            return random.pick(notes).map { [.setNoteState($0.id, .resolved)] } ?? []
        case 3:
            return random.pick(notes).map { [.addNoteTag($0.id, text(1))] } ?? []
        case 4:
            return [.set(.title, .text(text(3)))]
        case 5:
            return [.addTag(["red", "green", "blue"][random.below(3)])]
        case 6:
            return state.tags.tags.first.map { [.removeTag($0)] } ?? []
        case 7 where random.oneIn(3):
            return [.deleteArticle]
        default:
            let position = random.below(count + 1)
            if count - position > 3, random.oneIn(2) {
                return [
                    .delete(.body, position: position, count: 1 + random.below(3)),
                    .insert(.body, position: position, text: text(1)),
                ]
            }
            return [.insert(.body, position: position, text: text(2))]
        }
    }

    private mutating func text(_ count: Int) -> ScalarText { ScalarText(words(count)) ?? "" }

    private mutating func words(_ count: Int) -> String {
        (0..<count).map { _ in ["storm", "bay", "ferry", "Größe", "漁港", "line"][random.below(6)] }
            .joined(separator: " ")
    }
}
