import ArticleModel
import Membership
import Signing
import Testing

@Suite struct MembershipLogTests {
    @Test func aLibraryBeginsWithItsOwner() throws {
        let library = try TestLibrary()
        let log = library.log
        let owner = try TestLibrary.device(1)
        #expect(log.libraryName == "Press cuttings")
        #expect(log.head.sequence == 0)
        #expect(log.head.id.bytes == log.library.bytes)
        #expect(log.role(of: owner) == .owner)
        #expect(log.userName(library.ownerID) == "Ada")
        #expect(log.deviceName(owner) == "laptop")
        #expect(library.ownerID.bytes == Array(log.library.bytes.prefix(16)))
        #expect(log.hub == nil)
    }

    @Test func usersAndDevicesComeByInvitation() throws {
        var library = try TestLibrary.withHub()
        let invitation = try library.invite(.editor)
        let tower = try TestLibrary.key(2)
        try library.accept(library.joining(invitation, tower))
        let pad = try TestLibrary.key(3)
        let deviceInvitation = try library.inviteDevice(by: tower)
        try library.accept(library.joining(deviceInvitation, pad))

        let log = library.log
        #expect(log.users.map(\.name) == ["Ada", "Ben"])
        #expect(log.devices.count == 3)
        let ben = try library.user(2)
        #expect(try library.user(3) == ben)
        #expect(log.role(of: ben) == .editor)
        #expect(try log.role(of: TestLibrary.device(3)) == .editor)
        #expect(log.invitations.map(\.remainingUses) == [0, 0])
    }
}
