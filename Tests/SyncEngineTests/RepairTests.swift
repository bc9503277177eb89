import ArticleModel
import Membership
import ReplicaStore
import SQLite
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("Repairing a log by what another replica has")
struct RepairTests {
    private let world: World
    private let owner: Machine
    private let ben: Machine

    enum Helper: CaseIterable { case hub, peer }

    init() throws {
        world = try World(seed: 77)
        owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben"), as: "Ben")
    }

    /// Two machines write, one after the other and at the same time, and have the same at the end.
    private func write(_ count: Int) throws {
        var articles: [ArticleID] = []
        for number in 0..<count {
            articles.append(
                try owner.begin(
                    "Article \(number)",
                    body: "\(number). " + String(repeating: "word. ", count: 80)
                )
            )
            if number.isMultiple(of: 4) {
                try owner.sync()
                try ben.sync()
            }
            if number.isMultiple(of: 3), let article = articles.first,
                try ben.replica.article(article) != nil
            {
                try ben.edit(article, [.addTag(try #require(ScalarText("tag \(number)")))])
            }
        }
        for machine in [owner, ben, owner] { try machine.sync() }
    }

    /// Does something to the file of ben's replica that nobody is told of.
    private func damage(_ statements: [String]) throws {
        let database = try Database(path: ben.replica.path, mode: .readWrite)
        for statement in statements { try database.execute(statement) }
    }

    private func entryCount() throws -> Int { try ben.replica.entries().count }

    @discardableResult
    private func repair(by helper: Helper) throws -> MendReport {
        let found = try ben.replica.inspectLog()
        let peer = helper == .hub ? world.hub : owner.device
        let repair = LogRepair(
            ben.replica,
            found,
            from: peer,
            salt: world.random.bytes(16)
        )
        switch helper {
        case .hub: try session(repair.engine, with: try world.connect(ben.device))
        case .peer: try sessionWithOwner(repair.engine)
        }
        return try repair.mend()
    }

    /// Carries bytes between the engine and the hub; gives their number.
    @discardableResult
    private func session(_ engine: PeerEngine, with link: HubLink) throws -> Int {
        var effects = engine.open()
        while true {
            for effect in effects {
                switch effect {
                case .send(let bytes): try link.send(bytes)
                case .ended(let result):
                    _ = try result.get()
                    return link.sentCount + link.receivedCount
                case .close: break
                }
            }
            let bytes = try link.receive()
            effects = bytes.isEmpty ? engine.connectionLost() : engine.receive(bytes)
        }
    }

    private func sessionWithOwner(_ engine: PeerEngine) throws {
        let other = PeerEngine(owner.replica, peer: ben.device, role: .answers, salt: [])
        var toOther = engine.open()
        while true {
            var toOne: [PeerEngine.Effect] = []
            for effect in toOther {
                switch effect {
                case .send(let bytes): toOne += other.receive(bytes)
                case .ended(let result):
                    _ = try result.get()
                    return
                case .close: break
                }
            }
            toOther = []
            for case .send(let bytes) in toOne { toOther += engine.receive(bytes) }
            try #require(!toOther.isEmpty)
        }
    }

    private func expectWhole() throws {
        #expect(try ben.replica.verify().problems == [])
        #expect(try ben.replica.verify().unsound == [])
        #expect(try ben.replica.stateHash() == owner.replica.stateHash())
        #expect(try ben.replica.stateHash() == world.hubReplica().stateHash())
        #expect(try ben.replica.doctor(repairing: false).isSound)
    }

    @Test("puts good bytes in the place of rotten ones", arguments: Helper.allCases, UInt64(1)...6)
    func rot(helper: Helper, seed: UInt64) throws {
        try write(12)
        let head = try ben.replica.hubHead()
        var random = SeededRandom(seed: seed)
        let count = try entryCount()
        var damaged: Set<Int> = []
        for _ in 0..<1 + random.below(6) {
            let row = 1 + random.below(count)
            damaged.insert(row)
            let at = 1 + random.below(150)
            let change =
                switch random.below(4) {
                case 0:
                    "header = CAST(substr(header, 1, \(at)) || x'5a' || substr(header, \(at + 2)) AS BLOB)"
                case 1: "body = CAST(substr(coalesce(body, x'00'), 1, 20) || x'5a5b' AS BLOB)"
                case 2: "header = CAST(substr(header, 1, length(header) - 2) || x'5a5b' AS BLOB)"
                default: "seq = seq + 1000"
                }
            try damage(["UPDATE entry SET \(change) WHERE row = \(row)"])
        }
        let found = try ben.replica.inspectLog()
        #expect(found.damaged.count + found.unsound.count == damaged.count)
        let report = try repair(by: helper)
        #expect(report.isWhole)
        #expect(report.refused.map(\.message) == [])
        #expect(report.replaced.count + report.signed.count == damaged.count)
        #expect(report.stored.isEmpty)
        try expectWhole()
        #expect(try ben.replica.hubHead() == head)
    }

    @Test("fills holes where they were", arguments: Helper.allCases, UInt64(1)...6)
    func holes(helper: Helper, seed: UInt64) throws {
        try write(12)
        let head = try ben.replica.hubHead()
        var random = SeededRandom(seed: seed)
        let count = try entryCount()
        let rows = Set((0..<1 + random.below(8)).map { _ in 1 + random.below(count) })
        let list = rows.sorted().map(String.init).joined(separator: ", ")
        // Sometimes what stands beside the log is gone as well.
        let isBeside = seed.isMultiple(of: 2)
        try damage(
            ["DELETE FROM entry WHERE row IN (\(list))"]
                + (isBeside ? ["DELETE FROM hub_log WHERE entry IN (\(list))"] : [])
        )
        let report = try repair(by: helper)
        #expect(report.isWhole)
        #expect(report.refused.map(\.message) == [])
        #expect(report.stored.count == rows.count)
        #expect(report.isHubLogCut == isBeside)
        try expectWhole()
        try ben.sync()
        #expect(try ben.replica.hubHead() == head)
        #expect(try ben.replica.unplacedCount() == 0)
        // Work goes on as if nothing had been.
        try ben.begin("Afterwards")
        try ben.sync()
        try owner.sync()
        try expectWhole()
    }

    @Test(
        "mends rot and holes at once, and mends nothing a second time",
        arguments: Helper.allCases
    )
    func both(helper: Helper) throws {
        try write(12)
        try damage([
            "DELETE FROM entry WHERE row IN (1, 5)",
            "UPDATE entry SET header = x'00' WHERE row IN (2, 6)",
            "UPDATE entry SET body = x'00', id = x'1234' WHERE row = 7",
        ])
        let report = try repair(by: helper)
        #expect(report.isWhole)
        #expect(report.replaced.count == 3 && report.stored.count == 2)
        try expectWhole()
        #expect(try repair(by: helper).hasMended == false)
    }

    @Test("tells what the other has not either, and mends the rest", arguments: Helper.allCases)
    func left(helper: Helper) throws {
        try write(6)
        try ben.begin("Only here")
        try damage(["UPDATE entry SET header = x'00' WHERE row = (SELECT max(row) FROM entry)"])
        try damage(["UPDATE entry SET header = x'00' WHERE row = 3"])
        let report = try repair(by: helper)
        #expect(report.left.count == 1 && report.replaced.count == 1 && !report.isWhole)
        #expect(try ben.replica.inspectLog().damaged.count == 1)
    }

    @Test("gives nothing that is damaged there as well")
    func damagedHelper() throws {
        try write(6)
        try damage(["UPDATE entry SET header = x'00' WHERE row = 3"])
        let database = try Database(path: owner.replica.path, mode: .readWrite)
        try database.execute("UPDATE entry SET body = x'00' WHERE body IS NOT NULL")
        try database.execute("UPDATE entry SET header = x'00' WHERE body IS NULL")
        #expect(try repair(by: .peer).left.count == 1)
        #expect(try repair(by: .hub).isWhole)
        #expect(try ben.replica.verify().problems == [])
    }

    @Test("fetches both branches of a fork")
    func fork() throws {
        try write(3)
        let twin = try owner.twin("twin.sqlite")
        try owner.begin("One")
        try twin.begin("Other")
        try owner.sync()
        try twin.sync()
        for machine in [owner, ben, owner] { try machine.sync() }
        let forked = try #require(try ben.replica.verify().forkedChains.first)
        try damage([
            "DELETE FROM entry WHERE chain = x'\(forked.bytes.hexadecimal)' AND seq >= 2"
        ])
        #expect(try repair(by: .hub).isWhole)
        try expectWhole()
        #expect(try ben.replica.verify().forkedChains == [forked])
    }

    @Test("costs little where little is damaged")
    func cost() throws {
        for number in 0..<1_500 {
            try owner.begin("Article \(number)", body: "Short.")
        }
        try owner.sync()
        try ben.sync()
        try damage(["UPDATE entry SET header = x'00' WHERE row = 700"])
        let repair = LogRepair(
            ben.replica,
            try ben.replica.inspectLog(),
            from: world.hub,
            salt: world.random.bytes(16)
        )
        let byteCount = try session(repair.engine, with: try world.connect(ben.device))
        #expect(byteCount < 6_000)
        #expect(try repair.mend().replaced.count == 1)
        try expectWhole()
    }

    @Test("is done for members alone, and takes nothing into the hub's log")
    func strangers() throws {
        try write(3)
        let eve = try owner.newcomer("eve")
        try eve.replica.appendMembership(try owner.replica.membership().entries)
        let repair = LogRepair(
            eve.replica,
            try eve.replica.inspectLog(),
            from: world.hub,
            salt: world.random.bytes(16)
        )
        let code = syncErrorCode {
            try session(repair.engine, with: try world.connect(eve.device))
        }
        #expect(code == .refused(.notMember))
        let before = try world.hubReplica().hubHead()
        try ben.begin("Not for the hub")
        #expect(try self.repair(by: .hub).hasMended == false)
        #expect(try world.hubReplica().hubHead() == before)
    }
}
