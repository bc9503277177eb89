import ArticleModel
import Membership
import ReplicaStore
import TestSupport
import Testing

@Suite("Entries that somebody lacks")
struct OutgoingEntriesTests {
    private func lacked(
        _ replica: Replica,
        _ known: [ChainPosition]
    ) throws -> (ids: [ChangeSetID], base: [ChainPosition], heads: [ChainPosition]) {
        try replica.withEntries(beyond: known) { outgoing in
            var ids: [ChangeSetID] = []
            try outgoing.forEachBatch(sizeMax: 700) { ids += $0.map(\.signed.id) }
            #expect(ids.count == outgoing.count)
            return (ids, outgoing.base, outgoing.heads)
        }
    }

    private func heads(_ replica: Replica) throws -> [ChainPosition] {
        try replica.chains().flatMap(\.heads)
    }

    @Test(arguments: 1...6)
    func areThoseThatAreNotThereInACausalOrder(seed: UInt64) throws {
        var history = try RandomHistory(seed: seed, userCount: 4)
        try history.run(60)
        for source in history.replicas {
            for target in history.replicas {
                let there = Set(try target.incoming().map(\.signed.id))
                let here = try source.incoming().map(\.signed.id)
                let found = try lacked(source, heads(target))
                #expect(found.ids == here.filter { !there.contains($0) })
                #expect(Set(found.heads) == Set(try heads(source)))
                // What is left out ends in the base.
                let covered = Set(here).subtracting(found.ids)
                #expect(Set(found.base.map(\.id)).isSubset(of: covered))
            }
        }
    }

    @Test func areAllForOneWhoHasNothing() throws {
        var history = try RandomHistory(seed: 9)
        try history.run(30)
        let replica = history.replicas[0]
        let found = try lacked(replica, [])
        #expect(found.ids == (try replica.incoming().map(\.signed.id)))
        #expect(found.base.isEmpty)
        #expect(try lacked(replica, heads(replica)).ids.isEmpty)
    }

    @Test func areTheOtherBranchWhereAChainForked() throws {
        let library = try TestLibrary()
        let anchors = [MemoryAnchors(), MemoryAnchors()]
        let replica = try library.makeReplica("a.db")
        let first = library.makeSigner(library.ownerKey, anchors: anchors[0])
        try replica.commit([.seed(.test("One"))], as: first, now: 1)
        let path = library.folder.file("b.db")
        _ = try replica.copy(to: path)
        let copy = try Replica(opening: path)
        anchors[1].anchor = anchors[0].anchor
        // Both go on with one chain, as after a snapshot of a whole machine.
        let second = library.makeSigner(library.ownerKey, anchors: anchors[1])
        for number in 0..<3 {
            try replica.commit([.seed(.test("Left \(number)"))], as: first, now: 2)
            try copy.commit([.seed(.test("Right \(number)"))], as: second, now: 2)
        }
        try library.copy(copy, to: replica)
        #expect(try replica.verify().forkedChains.count == 1)
        let there = Set(try copy.incoming().map(\.signed.id))
        let found = try lacked(replica, heads(copy))
        #expect(
            found.ids == (try replica.incoming().map(\.signed.id)).filter { !there.contains($0) }
        )
        #expect(found.ids.count == 3)
        #expect(found.base == (try heads(copy)))
    }
}
