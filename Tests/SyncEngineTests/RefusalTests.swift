import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("A hub refuses")
struct RefusalTests {
    private let world: World
    private let owner: Machine

    init() throws {
        world = try World()
        owner = try Machine.owner(world)
    }

    @Test("a wrong claim code, and one that was used")
    func claims() throws {
        #expect(syncErrorCode { try owner.sync(.register(claim: "guess")) } == .refused(.claim))
        try owner.sync(.register(claim: "claim"))
        let other = try World(seed: 2)
        let stranger = try Machine.owner(other)
        try stranger.replica.setRemote(hub: world.hub, address: "localhost:1")
        let code = syncErrorCode {
            try ClientSync(stranger.replica, with: world.hub).run(
                .register(claim: "claim"),
                over: try world.connect(stranger.device)
            )
        }
        #expect(code == .refused(.claim))
        // The library here is registered already: the code is not needed again.
        try owner.sync(.register(claim: "claim"))
    }

    @Test("a library whose records name another hub")
    func otherHub() throws {
        let other = try World(seed: 3)
        let stranger = try Machine.owner(other)
        try stranger.replica.setRemote(hub: world.hub, address: "localhost:1")
        let code = syncErrorCode {
            try ClientSync(stranger.replica, with: world.hub).run(
                .register(claim: "claim"),
                over: try world.connect(stranger.device)
            )
        }
        #expect(code == .refused(.badRecord))
        // The claim was not used up by it.
        try owner.sync(.register(claim: "claim"))
    }

    @Test("a library it does not serve, and a device that is no member")
    func strangers() throws {
        #expect(syncErrorCode { try owner.sync() } == .refused(.wrongLibrary))
        try owner.sync(.register(claim: "claim"))
        let stranger = try owner.newcomer("stranger")
        #expect(syncErrorCode { try stranger.sync() } == .refused(.notMember))
        #expect(try stranger.replica.membershipRecords(after: nil).isEmpty)
    }

    @Test("an invitation that is unknown, used up, or expired")
    func invitations() throws {
        try owner.sync(.register(claim: "claim"))
        let invitation = try owner.invite("Ben")
        let ben = try owner.newcomer("ben")
        let unknown = try PrivateKey(seed: world.random.bytes(32)).publicKey.bytes
        #expect(
            syncErrorCode {
                try ben.sync(.join(invitation: unknown) { _ in throw CancellationError() })
            } == .refused(.invitation)
        )
        try ben.join(invitation, as: "Ben")
        let late = try owner.newcomer("late")
        #expect(syncErrorCode { try late.join(invitation, as: "Late") } == .refused(.invitation))
        let second = try owner.invite("Late")
        world.now += 2000
        #expect(syncErrorCode { try late.join(second, as: "Late") } == .refused(.invitation))
        #expect(try world.hubReplica().membership().users.count == 2)
    }

    @Test("what a role does not permit, and goes on with what it does")
    func roles() throws {
        try owner.sync(.register(claim: "claim"))
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite("Ben", role: .reader), as: "Ben")
        // The store of an honest client refuses before anything is signed.
        #expect(throws: ReplicaError.self) { try ben.begin("Not mine") }
        #expect(
            syncErrorCode {
                try ben.sync(
                    .append { [world] log in
                        try log.invitation(
                            for: .editor,
                            seed: world.random.bytes(32),
                            expiryMilliseconds: world.now + 1000,
                            timeMilliseconds: world.now,
                            signedBy: ben.key
                        ).record
                    }
                )
            } == .refused(.role)
        )
    }

    @Test("two records of one place: the second is made anew on top of the first")
    func recordConflict() throws {
        try owner.sync(.register(claim: "claim"))
        let pad = try Machine(world, "pad.sqlite", library: owner.replica.library, key: owner.key)
        try pad.replica.appendMembership(owner.replica.membershipRecords(after: nil))
        var made = 0
        try owner.sync(
            .append { [world, owner] log in
                made += 1
                if made == 1 { _ = try pad.invite("First") }
                return try log.invitation(
                    for: .reader,
                    seed: world.random.bytes(32),
                    expiryMilliseconds: world.now + 1000,
                    timeMilliseconds: world.now,
                    signedBy: owner.key
                ).record
            }
        )
        #expect(made == 2)
        #expect(try world.hubReplica().membership().invitations.count == 2)
        #expect(
            try owner.replica.membership().head.sequence
                == world.hubReplica().membership().head.sequence
        )
    }

    @Test("bytes that are no frames, and keeps serving others")
    func garbage() throws {
        try owner.sync(.register(claim: "claim"))
        let link = try world.connect(owner.device)
        try link.send([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3])
        #expect(link.isClosed)
        #expect(link.closing?.code == .tooLarge)
        var random = SeededRandom(seed: 4)
        for _ in 0..<2000 {
            let hostile = try world.connect(owner.device)
            try hostile.send([0, 0, 0, 20, UInt8(1 + random.below(14)), 0, 0] + random.bytes(17))
        }
        try owner.begin("Still here")
        try owner.sync()
        #expect(try world.hubReplica().status().articleCount == 1)
    }

    @Test("everybody when it is being stopped, who then lose nothing")
    func shutdown() throws {
        try owner.sync(.register(claim: "claim"))
        try owner.begin("Unsent")
        let link = try world.connect(owner.device)
        let engine = try #require(world.engine)
        link.interruption = (
            atRead: 1,
            {
                let fault = Fault(.shutdown, .retry, text: "The hub is being stopped.")
                link.take(engine.refuseAll(fault))
            }
        )
        #expect(syncErrorCode { try owner.sync(over: link) } == .refused(.shutdown))
        #expect(try owner.replica.unplacedCount() == 2)
        try owner.sync()
        #expect(try owner.replica.unplacedCount() == 0)
    }
}
