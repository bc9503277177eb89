import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import Signing
import TestSupport
import Testing

/// A device that signs two entries for one place: both count everywhere, and it is proven.
@Suite("Forks")
struct ForkTests {
    let library: TestLibrary
    /// Up to where both branches are the same.
    let stem: Replica
    let one: Replica
    let other: Replica
    let article: ArticleID
    private let anchors = MemoryAnchors()
    private let otherAnchors: MemoryAnchors

    init() throws {
        library = try TestLibrary()
        stem = try library.makeReplica("stem.db")
        let signer = library.makeSigner(library.ownerKey, anchors: anchors)
        article = try #require(
            try stem.commit([.seed(.test("One"))], as: signer, now: 10).articles.first
        )
        otherAnchors = MemoryAnchors(anchors.anchor)
        let (onePath, otherPath) = (library.folder.file("one.db"), library.folder.file("other.db"))
        try stem.copyFile(to: onePath)
        try stem.copyFile(to: otherPath)
        one = try Replica(opening: onePath)
        other = try Replica(opening: otherPath)
    }

    private func tag(_ tag: ScalarText, _ replica: Replica, _ anchors: MemoryAnchors) throws {
        let signer = library.makeSigner(library.ownerKey, anchors: anchors)
        try replica.commit([.edit(article, [.addTag(tag)])], as: signer, now: 11)
    }

    /// The chain forks, and its author goes on in a new one that names both ends.
    private func fork(branchLength: Int = 1) throws {
        for number in 0..<branchLength {
            try tag(ScalarText("mine \(number)") ?? "", one, anchors)
            try tag(ScalarText("theirs \(number)") ?? "", other, otherAnchors)
        }
        try tag("theirs again", other, otherAnchors)
        try library.copy(other, to: one)
        try tag("joined", one, anchors)
    }

    @Test func everyOrderOfArrivalGivesTheSameStateAndProof() throws {
        try fork()
        let known = try stem.entries(sizeMax: .max).count
        let entries = Array(try one.incoming().dropFirst(known))
        #expect(entries.count == 5)
        let expected = try one.stateHash()
        let fork = try #require(try one.forks().first)
        let proof = try #require(try one.proof(of: fork))
        for (number, order) in permutations(entries).enumerated() {
            let path = library.folder.file("order.db")
            try stem.copyFile(to: path)
            let target = try Replica(opening: path)
            if number.isMultiple(of: 2) {
                for entry in order {
                    let report = try target.receive([entry], from: library.peer, verifying: .all)
                    #expect(report.firstRefusal == nil)
                }
            } else {
                let report = try target.receive(
                    order,
                    from: library.peer,
                    verifying: .lastOfEachBranch
                )
                #expect(report.firstRefusal == nil)
            }
            #expect(try target.stateHash() == expected)
            #expect(try target.forks() == [fork])
            #expect(try target.proof(of: fork) == proof)
            #expect(try target.status().forkCount == 1)
            #expect(try target.status().parkedCount == 0)
            if number.isMultiple(of: 10) {
                #expect(try target.verify().problems == [])
                #expect(try target.doctor(repairing: false).isSound)
            }
        }
        let tags = try #require(try one.article(article)).tags.tags
        #expect(Set(tags) == ["mine 0", "theirs 0", "theirs again", "joined"])
    }

    @Test func theProofStandsByItself() throws {
        try fork()
        let fork = try #require(try one.forks().first)
        #expect(fork.sequence == 2)
        #expect(fork.heads.count == 2)
        let proof = try #require(try one.proof(of: fork))
        let read = try ForkProof(decoding: proof.encoded())
        #expect(try read.device == DeviceKey(library.ownerKey.publicKey))
        #expect(read.sequence == 2)
        #expect([read.first.id, read.second.id] == fork.entries)
    }

    @Test func nothingIsSignedAgainAndTheNewChainNamesBothEnds() throws {
        let before = try stem.entries(sizeMax: .max).map(\.signed)
        try fork()
        let all = try one.entries(sizeMax: .max).map(\.signed)
        for entry in before { #expect(all.contains(entry)) }
        let forked = try #require(try one.forks().first)
        let opening = try #require(all.last { $0.header.opening != nil })
        #expect(opening.header.chain != forked.chain)
        #expect(opening.header.dependencies == forked.heads.map(\.id).sorted())
    }

    @Test func longBranchesKeepTheirOwnPast() throws {
        try fork(branchLength: 12)
        // Backwards, so that the fork is found last.
        let target = try library.makeReplica("target.db")
        for entry in try one.incoming().reversed() {
            _ = try target.receive([entry], from: library.peer, verifying: .all)
        }
        #expect(try target.stateHash() == one.stateHash())
        #expect(try target.forks() == one.forks())
        #expect(try target.verify().faults == [])
    }

    @Test func aForkFoundLowerDownLaterIsOneForkFromThere() throws {
        try fork()
        let second = try #require(
            try one.entries(sizeMax: .max).map(\.signed).first { $0.header.sequence == 1 }
        )
        let before = try #require(try one.forks().first)
        let openedID = try #require(second.header.previous)
        let opened = try #require(try one.entry(openedID)).signed
        let lower = try library.entry(
            after: opened,
            body: BodyCodec.encode(ChangeSetBody(changes: [.seed(.test("Lower"))])),
            touching: [
                ChangeIdentity.article(
                    ofSeed: ChangeIdentity.seed(
                        library: library.log.library,
                        bytes: Seed.test("Lower").encoded()
                    )
                )
            ]
        )
        let report = try one.receive([lower], from: library.peer, verifying: .all)
        #expect(report.firstRefusal == nil)
        #expect(report.forkedChains == [], "it is known to have forked")
        let after = try #require(try one.forks().first)
        #expect(before.sequence == 2)
        #expect(after.sequence == 1)
        #expect(after.heads.count == 3)
        #expect(try one.doctor(repairing: false).isSound)
        #expect(try one.articles().count == 2)
    }

    @Test func moreBranchesThanAnEntryCanNameKeepNobodyFromSigning() throws {
        // Somebody has the key, and forks the chain a hundred times.
        let last = try #require(try stem.incoming().last).signed
        let heads = try #require(try stem.article(article)).heads
        let branches = try (0..<100).map { number in
            try library.entry(
                after: last,
                editing: article,
                parents: heads,
                [.addTag(ScalarText("branch \(number)") ?? "")]
            )
        }
        let report = try one.receive(branches, from: library.peer, verifying: .all)
        #expect(report.firstRefusal == nil)
        try tag("still here", one, anchors)
        let target = try library.makeReplica("target.db")
        #expect(try library.copy(one, to: target).firstRefusal == nil)
        #expect(try target.article(article)?.tags.tags.count == 101)
        #expect(try target.verify().faults == [])
        #expect(try target.stateHash() == one.stateHash())
    }
}

/// All orders of `items`.
func permutations<Item>(_ items: [Item]) -> [[Item]] {
    guard let last = items.last else { return [[]] }
    return permutations(Array(items.dropLast())).flatMap { order in
        (0...order.count).map { index in
            var longer = order
            longer.insert(last, at: index)
            return longer
        }
    }
}
