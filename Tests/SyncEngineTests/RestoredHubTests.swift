import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("Receipts of a hub that was restored")
struct RestoredHubTests {
    @Test("are given for nothing new until an owner's device has come")
    func owner() throws {
        let world = try World()
        let ada = try Machine.owner(world)
        try ada.sync(.register(claim: "claim"))
        let ben = try ada.newcomer("ben")
        try ben.join(try ada.invite("Ben", role: .admin), as: "Ben")
        let invitation = try ben.invite("Carol", uses: 2)
        let hub = try world.hubReplica()
        try hub.setWithholdsReceipts(true)
        let carol = try ada.newcomer("carol")
        // Neither a newcomer nor an admin ends it.
        #expect(syncErrorCode { try carol.join(invitation, as: "Carol") } == .refused(.overloaded))
        #expect(syncErrorCode { try ben.invite("Dave") } == .refused(.overloaded))
        try ben.begin("Ships")
        try ben.sync()
        #expect(try hub.withholdsReceipts())
        // Nor does an owner whose records the hub has not got yet; then it does.
        try ada.sync()
        #expect(try !hub.withholdsReceipts())
        try carol.join(invitation, as: "Carol")
        #expect(try carol.replica.stateHash() == hub.stateHash())
    }
}
