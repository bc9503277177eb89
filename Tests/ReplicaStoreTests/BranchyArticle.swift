import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// One article that several people edit offline, each in many change sets.
struct BranchyArticle {
    let library: TestLibrary
    let article: ArticleID
    /// What all start from: the chains' beginnings and the seed.
    let start: [IncomingEntry]
    /// The edits in an order in which a hub may meet them: one of each person in turn.
    let edits: [IncomingEntry]

    init(people: Int, editsEach: Int, bodySize: Int = 2_000) throws {
        let library = try TestLibrary(seed: 5)
        self.library = library
        var random = SeededRandom(seed: 9)
        let source = try library.makeReplica("source.db")
        let body = (0..<bodySize / 8).map { "word\($0 % 1_000) " }.joined()
        let owner = library.makeSigner(library.ownerKey)
        let result = try source.commit([.seed(.test("Branches", body: body))], as: owner, now: 1)
        let article = try #require(result.articles.first)
        self.article = article
        start = try source.incoming()
        let keys = try (0..<people).map { try library.addUser("user \($0)", .editor) }
        var branches: [[IncomingEntry]] = []
        for (number, key) in keys.enumerated() {
            let replica = try library.makeReplica("user\(number).db")
            try library.copy(source, to: replica)
            let signer = library.makeSigner(key)
            let known = try replica.incoming().count
            var sets: [[LocalChange]] = []
            // Everyone works in a part of their own, as people do.
            var length = body.utf8.count
            var place = length * number / people
            for edit in 0..<editsEach {
                if random.oneIn(5) { place = min(length, place + random.below(40)) }
                let isDeletion = random.oneIn(4) && place + 4 < length
                let operation: Operation =
                    isDeletion
                    ? .delete(.body, position: place, count: 1 + random.below(4))
                    : .insert(.body, position: place, text: ScalarText("e\(edit) ") ?? "")
                switch operation {
                case .delete(_, _, let count): length -= count
                case .insert(_, _, let text):
                    length += text.scalarCount
                    place += text.scalarCount
                default: break
                }
                sets.append([.edit(article, [operation])])
            }
            _ = try replica.commit(changeSets: sets, as: signer, now: 2)
            branches.append(Array(try replica.incoming().dropFirst(known)))
        }
        var all: [IncomingEntry] = []
        let longest = branches.map(\.count).max() ?? 0
        for index in 0..<longest {
            for branch in branches where index < branch.count { all.append(branch[index]) }
        }
        edits = all
    }

    /// A replica that holds what all start from.
    func makeHub(_ name: String) throws -> Replica {
        let replica = try library.makeReplica(name)
        _ = try replica.receiveAsHub(start, from: library.peer)
        return replica
    }
}
