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
        let joinID = library.log.head.id
        let deviceInvitation = try library.inviteDevice(by: tower)
        let pad = try TestLibrary.key(3)
        try library.accept(library.joining(deviceInvitation, pad))

        let log = library.log
        #expect(log.users.map(\.name) == ["Ada", "Ben"])
        #expect(log.devices.count == 3)
        let ben = try library.user(2)
        #expect(ben.bytes == Array(joinID.bytes.prefix(16)))
        #expect(try library.user(3) == ben)
        #expect(log.role(of: ben) == .editor)
        #expect(try log.role(of: TestLibrary.device(3)) == .editor)
        #expect(log.invitations.map(\.remainingUses) == [0, 0])
        #expect(log.hub?.address == "hub.example.org:7425")
        #expect(log.hub?.keys == [try DeviceKey(library.hub.publicKey)])
    }

    @Test func rolesAreThoseOfTheTimeAskedFor() throws {
        var library = try TestLibrary.with(.reader, 2)
        let ben = try library.user(2)
        let device = try TestLibrary.device(2)
        let came = library.log.head.sequence
        try library.accept(library.next(.role(RoleChange(user: ben, role: .editor)), library.owner))
        try library.accept(library.next(.role(RoleChange(user: ben, role: .admin)), library.owner))
        let log = library.log
        #expect(log.role(of: device, at: came - 1) == nil)
        #expect(log.role(of: device, at: came) == .reader)
        #expect(log.role(of: device, at: came + 1) == .editor)
        #expect(log.role(of: device, at: came + 2) == .admin)
        #expect(log.role(of: device, at: came + 3) == nil, "beyond the log nothing is known")
        #expect(try log.role(of: TestLibrary.device(9), at: came) == nil)
    }

    @Test func aLogIsReadBackAsItWasStored() throws {
        var library = try TestLibrary.with(.editor, 2)
        let deviceInvitation = try library.inviteDevice()
        try library.accept(library.joining(deviceInvitation, TestLibrary.key(3)))
        let stored = try library.log.entries.map { entry in
            MembershipLog.Entry(
                record: try MembershipRecord(
                    decoding: entry.record.bytes,
                    knownID: entry.record.id
                ),
                receipt: try entry.receipt.map { try Receipt(decoding: $0.bytes) }
            )
        }
        let log = try MembershipLog(restoring: stored)
        #expect(log.entries == library.log.entries)
        #expect(log.users == library.log.users)
        #expect(log.devices == library.log.devices)
        #expect(log.invitations == library.log.invitations)
        #expect(log.hub == library.log.hub)
        #expect(log.library == library.log.library)
        // A stored log that lacks a record is not taken for whole.
        var gap = stored
        gap.remove(at: 2)
        #expect(code { _ = try MembershipLog(restoring: gap) } == .wrongSequence)
        #expect(code { _ = try MembershipLog(restoring: []) } == .genesisMisplaced)
        #expect(
            code { _ = try MembershipLog(restoring: Array(stored.dropFirst())) }
                == .genesisMisplaced
        )
    }

    @Test func whatIsRefusedChangesNothing() throws {
        var library = try TestLibrary.with(.editor, 2)
        let before = library.log
        let record = try library.next(
            .role(RoleChange(user: library.ownerID, role: .editor)),
            TestLibrary.key(2)
        )
        let receipt = Receipt(
            library: before.library,
            sequence: record.sequence,
            id: record.id,
            signedBy: library.hub
        )
        #expect(code { try library.log.append(record, receipt: receipt) } == .roleTooLow)
        #expect(library.log.entries == before.entries)
        #expect(library.log.users == before.users)
    }

    @Test func roleWordsAreReadAsTheyAreWritten() {
        for role in Role.allCases { #expect(Role(role.description) == role) }
        #expect(Role("Owner") == nil)
        #expect(Role("") == nil)
        #expect(Role.reader < .annotator)
        #expect(Role.admin < .owner)
    }

    @Test func rolesPermitWhatTheirNamesSay() {
        #expect(
            Role.allCases.filter { $0.permits(.annotate) } == [.annotator, .editor, .admin, .owner]
        )
        #expect(Role.allCases.filter { $0.permits(.edit) } == [.editor, .admin, .owner])
        #expect(Role.allCases.filter { Role.owner.maySet($0) } == Role.allCases)
        #expect(Role.allCases.filter { Role.admin.maySet($0) } == [.reader, .annotator, .editor])
        #expect(Role.allCases.filter { Role.editor.maySet($0) }.isEmpty)
    }
}
