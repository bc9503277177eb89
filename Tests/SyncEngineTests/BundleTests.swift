import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("Bundles between replicas")
struct BundleTests {
    @Test("bring everything over, once, and any number of times after that")
    func wholeWay() throws {
        let bench = try BundleBench()
        let (ada, ben) = (bench.machines[0], bench.machines[1])
        let article = try ada.begin("Ships")
        let first = try ada.bundle()
        let report = try ben.apply(first)
        #expect(report.newCount == 2)
        #expect(report.header.author == ada.device)
        #expect(try ben.replica.stateHash() == ada.replica.stateHash())
        let again = try ben.apply(first)
        #expect(again.newCount == 0)
        #expect(again.knownCount == 2)
        try ben.edit(article, [.insert(.body, position: 0, text: "Ben's. ")])
        let back = try ben.bundle(since: [report.header.frontier])
        #expect(back.count < first.count)
        #expect(try ada.apply(back).newCount == 2)
        #expect(try ben.replica.stateHash() == ada.replica.stateHash())
        #expect(try ada.replica.verify().problems.isEmpty)
        // They count as not sent, so the hub gets them from whoever syncs next.
        try ada.sync()
        #expect(try bench.world.hubReplica().stateHash() == ada.replica.stateHash())
    }

    @Test("bring the records of new members along")
    func records() throws {
        let bench = try BundleBench(machineCount: 2)
        let (ada, ben) = (bench.machines[0], bench.machines[1])
        let before = try ben.frontier
        let carol = try ada.newcomer("carol")
        try carol.join(try ada.invite("Carol"), as: "Carol")
        try carol.begin("By Carol")
        let report = try ben.apply(try carol.bundle(since: [before]))
        #expect(report.recordCount == 2)
        #expect(try ben.replica.stateHash() == carol.replica.stateHash())
    }

    @Test("are refused with the names of what is missing, and then taken when that has come")
    func gaps() throws {
        let bench = try BundleBench(machineCount: 2)
        let (ada, ben) = (bench.machines[0], bench.machines[1])
        let start = try ada.frontier
        let article = try ada.begin("Ships")
        let first = try ada.bundle(since: [start])
        let middle = try ada.frontier
        for number in 0..<3 {
            try ada.edit(article, [.addTag(try #require(ScalarText("tag \(number)")))])
        }
        let second = try ada.bundle(since: [middle])
        let refusal = try #require(try ben.refusal(of: second))
        #expect(refusal.code == .notConnected)
        let chain = try #require(try ada.replica.ownHead()).chain
        let head = try #require(middle.heads.first { $0.chain == chain })
        #expect(refusal.missing == [.entry(head)])
        #expect(refusal.message.contains(head.id.handle.prefix(8)))
        #expect(try ben.apply(first).newCount == 2)
        #expect(try ben.apply(second).newCount == 3)
        #expect(try ben.replica.stateHash() == ada.replica.stateHash())
    }

    @Test("that lack records are refused with the number of the first one")
    func missingRecords() throws {
        let bench = try BundleBench(machineCount: 2)
        let (ada, ben) = (bench.machines[0], bench.machines[1])
        let next = try ben.replica.membership().head.sequence + 1
        _ = try ada.invite("Carol")
        let middle = try ada.frontier
        let only = try ada.bundle(since: [middle])
        _ = try ada.invite("Dave")
        try ada.begin("Ships")
        let later = try ada.bundle(since: [middle])
        #expect(try ben.refusal(of: later)?.missing == [.record(next)])
        #expect(try ben.refusal(of: only) == nil)
    }

    @Test("of another library, or of somebody who is no member, are refused")
    func strangers() throws {
        let bench = try BundleBench(machineCount: 2)
        let ben = bench.machines[1]
        let other = try Machine.owner(bench.world, named: "other")
        try other.begin("Elsewhere")
        #expect(try ben.refusal(of: other.bundle())?.code == .otherLibrary)
        // A stranger who copied a good bundle's contents signs them as a bundle of their own.
        let ada = bench.machines[0]
        try ada.begin("Ships")
        let stranger = try bench.world.makeKey()
        var entries: [Entry] = []
        try ada.replica.withEntries(beyond: []) { outgoing in
            try outgoing.forEachBatch { batch in
                entries += batch.map { Entry(changeSet: $0.signed, body: $0.body) }
            }
        }
        let frontier = try ada.frontier
        var writer = BundleWriter(
            BundleHeader(
                library: ada.replica.library,
                author: try DeviceKey(stranger.publicKey),
                timeMilliseconds: 0,
                entryCount: UInt64(entries.count),
                recordCount: 0,
                base: frontier,
                frontier: frontier
            )
        )
        let bytes = try writer.start() + writer.entries(entries) + writer.end(signedBy: stranger)
        #expect(try ben.refusal(of: bytes)?.code == .notAMember)
        #expect(throws: BundleError.self) {
            try BundleExport(ada.replica).write(since: [], signedBy: stranger, now: 0) { _ in }
        }
    }

    @Test("with an entry that breaks a rule are refused as a whole")
    func badEntry() throws {
        let bench = try BundleBench(machineCount: 2)
        let (ada, ben) = (bench.machines[0], bench.machines[1])
        try ada.begin("Ships")
        try ada.begin("Boats")
        var entries: [Entry] = []
        try ada.replica.withEntries(beyond: []) { outgoing in
            try outgoing.forEachBatch { batch in
                entries += batch.map { Entry(changeSet: $0.signed, body: $0.body) }
            }
        }
        let last = try #require(entries.last)
        entries.removeLast()
        var signature = last.changeSet.signature
        signature[3] ^= 1
        let forged = try SignedChangeSet(header: last.header, signature: signature)
        entries.append(Entry(changeSet: forged, body: last.body))
        let frontier = try ada.frontier
        var writer = BundleWriter(
            BundleHeader(
                library: ada.replica.library,
                author: ada.device,
                timeMilliseconds: 0,
                entryCount: UInt64(entries.count),
                recordCount: 0,
                base: frontier,
                frontier: frontier
            )
        )
        let bytes = try writer.start() + writer.entries(entries) + writer.end(signedBy: ada.key)
        #expect(try ben.refusal(of: bytes)?.code == .refused)
    }

    @Test("are refused with nothing kept wherever they are cut and whatever bit is turned")
    func damage() throws {
        let bench = try BundleBench(machineCount: 2)
        let (ada, ben) = (bench.machines[0], bench.machines[1])
        let start = try ben.frontier
        try ada.begin("S", body: "B")
        let bytes = try ada.bundle(since: [start])
        var random = SeededRandom(seed: 3)
        for count in bytes.indices {
            #expect(throws: BundleError.self) { try ben.apply(Array(bytes[..<count])) }
        }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= UInt8(1 << random.below(8))
            #expect(throws: BundleError.self, "byte \(index)") { try ben.apply(damaged) }
        }
        #expect(try ben.frontier == start)
        #expect(try ben.replica.status().parkedCount == 0)
        #expect(try ben.apply(bytes).newCount == 2)
    }

    @Test("can be tried without being kept")
    func trial() throws {
        let bench = try BundleBench(machineCount: 2)
        let (ada, ben) = (bench.machines[0], bench.machines[1])
        try ada.begin("Ships")
        let before = try ben.frontier
        #expect(try ben.apply(ada.bundle(), isTrial: true).newCount == 2)
        #expect(try ben.frontier == before)
        #expect(try ben.replica.status().articleCount == 0)
        #expect(try ben.apply(ada.bundle()).newCount == 2)
    }

    @Test("carry large bodies and many entries")
    func large() throws {
        let bench = try BundleBench(machineCount: 2)
        let (ada, ben) = (bench.machines[0], bench.machines[1])
        let long = String(repeating: "A paragraph of some words.\n\n", count: 40_000)
        try ada.begin("Long", body: long)
        for number in 0..<300 { try ada.begin("Article \(number)") }
        #expect(try ben.apply(ada.bundle()).newCount == 302)
        #expect(try ben.replica.stateHash() == ada.replica.stateHash())
    }

    @Test("alone, in any order that connects, bring all replicas to one state", arguments: 1...8)
    func converge(seed: UInt64) throws {
        let bench = try BundleBench(seed: seed, machineCount: 4)
        let machines = bench.machines
        var random = SeededRandom(seed: seed &* 77)
        var articles = [try machines[0].begin("The first")]
        var pool: [(bytes: [UInt8], frontier: BundleFrontier)] = []
        var refusedCount = 0
        for _ in 0..<60 {
            let machine = machines[random.below(machines.count)]
            switch random.below(4) {
            case 0, 1:
                let article = articles[random.below(articles.count)]
                if random.oneIn(6) {
                    articles.append(try machine.begin("Article \(articles.count)"))
                } else if try machine.replica.article(article) != nil {
                    let text = try #require(ScalarText("\(random.below(10))"))
                    try machine.edit(article, [.insert(.body, position: 0, text: text)])
                }
            case 2:
                // Goes on from what some bundle's maker had, whether the reader has it or not.
                let bases =
                    pool.isEmpty || random.oneIn(3) ? [] : [pool[random.below(pool.count)].frontier]
                pool.append((try machine.bundle(since: bases), try machine.frontier))
            default:
                guard !pool.isEmpty else { continue }
                let bundle = pool[random.below(pool.count)]
                if let refusal = try machine.refusal(of: bundle.bytes) {
                    #expect(refusal.code == .notConnected)
                    #expect(!refusal.missing.isEmpty)
                    refusedCount += 1
                }
            }
        }
        let last = try machines.map { try $0.bundle() }.shuffled(using: &random)
        for machine in machines {
            for bytes in last.shuffled(using: &random) { try machine.apply(bytes) }
        }
        let hash = try machines[0].replica.stateHash()
        for machine in machines {
            #expect(try machine.replica.stateHash() == hash)
            #expect(try machine.replica.status().parkedCount == 0)
            #expect(try machine.replica.verify().problems.isEmpty)
        }
    }

    @Test("bring both branches of a chain that forked")
    func fork() throws {
        let bench = try BundleBench(machineCount: 3)
        let (ada, ben, carol) = (bench.machines[0], bench.machines[1], bench.machines[2])
        try ada.begin("One")
        try ben.apply(ada.bundle())
        // The same machine twice, as after a snapshot: nothing could tell.
        let path = bench.world.folder.file("twin.sqlite")
        _ = try ada.replica.copy(to: path)
        let twin = try Replica(opening: path)
        let anchors = MemoryAnchors()
        try anchors.advance(to: try #require(try ada.signer.anchors.load()))
        let box = RandomBox(5)
        let signer = Signer(key: ada.key, machine: [1], anchors: anchors) { box.bytes($0) }
        let article = try #require(try ada.replica.articles(ArticleFilter()).first).id
        let base = try ben.frontier
        try ada.edit(article, [.addTag("left")])
        try twin.commit([.edit(article, [.addTag("right")])], as: signer, now: 5)
        var right: [UInt8] = []
        _ = try BundleExport(twin).write(since: [base], signedBy: ada.key, now: 5) { right += $0 }
        try ben.apply(try ada.bundle(since: [base]))
        let report = try ben.apply(right)
        #expect(report.newCount == 1)
        #expect(report.forkedChains.count == 1)
        // Whoever has one branch gets the other, and nothing else.
        try carol.apply(ada.bundle())
        #expect(try carol.apply(ben.bundle(since: [carol.frontier])).newCount == 1)
        #expect(try ada.apply(ben.bundle(since: [ada.frontier])).newCount == 1)
        #expect(try ada.replica.stateHash() == ben.replica.stateHash())
        #expect(try carol.replica.stateHash() == ben.replica.stateHash())
    }
}
