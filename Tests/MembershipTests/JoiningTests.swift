import ArticleModel
import Membership
import Signing
import Testing

@Suite struct JoiningTests {
    /// The code with which the hub refuses `record` at `now`.
    private func refusal(
        _ record: MembershipRecord,
        in library: TestLibrary,
        at now: Int64 = TestLibrary.start
    ) -> MembershipError.Code? {
        code { try library.log.hubMayAccept(record, at: now) }
    }

    @Test func theHubAloneJudgesExpiry() throws {
        var library = try TestLibrary.withHub()
        let invitation = try library.invite(.editor)
        let record = try library.joining(invitation, TestLibrary.key(2))
        #expect(refusal(record, in: library, at: TestLibrary.expiry - 1) == nil)
        #expect(refusal(record, in: library, at: TestLibrary.expiry) == .invitationExpired)
        #expect(
            code {
                _ = try Receipt.issue(
                    for: record,
                    nextIn: library.log,
                    at: TestLibrary.expiry,
                    signedBy: library.hub
                )
            } == .invitationExpired
        )
        // A replica that gets the record with a receipt asks no clock.
        let receipt = Receipt(
            library: library.log.library,
            sequence: record.sequence,
            id: record.id,
            signedBy: library.hub
        )
        try library.log.append(record, receipt: receipt)
        #expect(library.log.users.count == 2)
        // The same for a device, and for nothing else.
        let deviceInvitation = try library.inviteDevice()
        let add = try library.joining(deviceInvitation, TestLibrary.key(3))
        #expect(refusal(add, in: library, at: TestLibrary.expiry) == .invitationExpired)
        #expect(refusal(add, in: library, at: TestLibrary.expiry - 1) == nil)
        let role = try library.next(
            .role(RoleChange(user: library.user(2), role: .reader)),
            library.owner
        )
        #expect(refusal(role, in: library, at: .max) == nil)
    }

    @Test func anInvitationIsUsedAsOftenAsItSays() throws {
        var library = try TestLibrary.withHub()
        let invitation = try library.invite(.editor, uses: 2)
        let key = try #require(library.log.invitations.first?.invite.key)
        #expect(library.log.invitation(key)?.remainingUses == 2)
        try library.accept(library.joining(invitation, TestLibrary.key(2)))
        #expect(library.log.invitation(key)?.remainingUses == 1)
        try library.accept(library.joining(invitation, TestLibrary.key(3)))
        #expect(library.log.invitation(key)?.remainingUses == 0)
        let third = try library.joining(invitation, TestLibrary.key(4))
        #expect(refusal(third, in: library) == .invitationUsedUp)
    }

    @Test func aDeviceKeyEntersOnce() throws {
        var library = try TestLibrary.withHub()
        let invitation = try library.invite(.editor, uses: 9)
        try library.accept(library.joining(invitation, TestLibrary.key(2)))
        for number in [1, 2] as [UInt8] {
            let record = try library.joining(invitation, TestLibrary.key(number))
            #expect(refusal(record, in: library) == .keyKnown)
        }
        // Nor as what an invitation was: its key is known to whoever had it.
        let own = try library.joining(invitation, invitation.privateKey())
        #expect(refusal(own, in: library) == .keyKnown)
        let deviceInvitation = try library.inviteDevice()
        let again = try library.joining(deviceInvitation, TestLibrary.key(2))
        #expect(refusal(again, in: library) == .keyKnown)
    }

    @Test func onlyAnInvitationInTheLogLetsIn() throws {
        var library = try TestLibrary.withHub()
        let (_, never) = try library.log.invitation(
            for: .editor,
            seed: [UInt8](repeating: 50, count: 32),
            expiryMilliseconds: TestLibrary.expiry,
            timeMilliseconds: 0,
            signedBy: library.owner
        )
        let record = try library.joining(never, TestLibrary.key(2))
        #expect(refusal(record, in: library) == .unknownInvitation)
        let known = try library.invite(.editor)
        #expect(try refusal(library.joining(known, TestLibrary.key(2)), in: library) == nil)
    }

    @Test func anInviterWhoLostTheRightLetsNobodyIn() throws {
        var library = try TestLibrary.with(.admin, 2)
        let invitation = try library.invite(.editor, by: TestLibrary.key(2))
        let record = try library.joining(invitation, TestLibrary.key(3))
        #expect(refusal(record, in: library) == nil)
        try library.accept(
            library.next(
                .role(RoleChange(user: library.user(2), role: .editor)),
                library.owner
            )
        )
        let later = try library.joining(invitation, TestLibrary.key(3))
        #expect(refusal(later, in: library) == .inviterLostRight)
    }

    @Test func theHolderOfTheInvitationAndNobodyElseJoins() throws {
        var library = try TestLibrary.withHub()
        let invitation = try library.invite(.editor)
        let honest = try library.joining(invitation, TestLibrary.key(2))
        guard case .join(let join) = honest.content else {
            Issue.record("a JOIN was to be made")
            return
        }
        #expect(refusal(honest, in: library) == nil)
        // Somebody who saw the record cannot come in with another key, nor alter a name.
        let stolen = try library.next(.join(join), TestLibrary.key(3))
        #expect(refusal(stolen, in: library) == .badSignature)
        let renamed = Join(
            invitation: join.invitation,
            userName: "Mallory",
            deviceName: join.deviceName,
            invitationSignature: join.invitationSignature
        )
        #expect(
            try refusal(library.next(.join(renamed), TestLibrary.key(2)), in: library)
                == .badSignature
        )
        let moved = Join(
            invitation: join.invitation,
            userName: join.userName,
            deviceName: "other",
            invitationSignature: join.invitationSignature
        )
        #expect(
            try refusal(library.next(.join(moved), TestLibrary.key(2)), in: library)
                == .badSignature
        )
    }

    @Test func anInvitationIsOfUseForWhatItIs() throws {
        var library = try TestLibrary.withHub()
        let forUser = try library.invite(.editor)
        let forDevice = try library.inviteDevice()
        guard case .join(let join) = try library.joining(forUser, TestLibrary.key(2)).content,
            case .deviceAdd(let add) = try library.joining(forDevice, TestLibrary.key(3)).content
        else {
            Issue.record("a JOIN and a DEVICE_ADD were to be made")
            return
        }
        let userByDevice = Join(
            invitation: add.invitation,
            userName: "Ben",
            deviceName: "tower",
            invitationSignature: join.invitationSignature
        )
        #expect(
            try refusal(library.next(.join(userByDevice), TestLibrary.key(2)), in: library)
                == .wrongInvitation
        )
        let deviceByUser = DeviceAdd(
            invitation: join.invitation,
            deviceName: "tower",
            invitationSignature: add.invitationSignature,
            endorsement: add.endorsement
        )
        #expect(
            try refusal(library.next(.deviceAdd(deviceByUser), TestLibrary.key(3)), in: library)
                == .wrongInvitation
        )
    }

    @Test func anotherDeviceNeedsTheOldOnesWordAndTheInvitation() throws {
        var library = try TestLibrary.with(.editor, 2)
        let invitation = try library.inviteDevice()
        let honest = try library.joining(invitation, TestLibrary.key(3))
        guard case .deviceAdd(let add) = honest.content else {
            Issue.record("a DEVICE_ADD was to be made")
            return
        }
        #expect(refusal(honest, in: library) == nil)
        func judged(
            signature: SignatureBytes? = nil,
            name: String? = nil,
            device: DeviceKey? = nil,
            endorsement: SignatureBytes? = nil,
            key: UInt8 = 3
        ) throws -> MembershipError.Code? {
            let altered = DeviceAdd(
                invitation: add.invitation,
                deviceName: name ?? add.deviceName,
                invitationSignature: signature ?? add.invitationSignature,
                endorsement: Endorsement(
                    device: device ?? add.endorsement.device,
                    signature: endorsement ?? add.endorsement.signature
                )
            )
            return try refusal(
                library.next(.deviceAdd(altered), TestLibrary.key(key)),
                in: library
            )
        }
        #expect(try judged() == nil)
        #expect(try judged(name: "other") == .badSignature)
        #expect(try judged(key: 4) == .badSignature)
        #expect(try judged(signature: add.endorsement.signature) == .badSignature)
        #expect(try judged(endorsement: add.invitationSignature) == .badSignature)
        #expect(try judged(device: TestLibrary.device(2)) == .unknownDevice)
        #expect(try judged(device: TestLibrary.device(9)) == .unknownDevice)
    }

    @Test func anInvitationForAnotherLibraryIsRefusedBeforeAnythingIsSigned() throws {
        var library = try TestLibrary.withHub()
        let invitation = try library.invite(.editor)
        let nonce = try #require(Identifier32<GenesisNonceTag>([UInt8](repeating: 8, count: 32)))
        let other = try MembershipLog(
            genesis: .genesis(
                Genesis(nonce: nonce, libraryName: "x", userName: "y", deviceName: "z"),
                timeMilliseconds: 0,
                signedBy: library.owner
            )
        )
        #expect(
            code {
                _ = try MembershipRecord.joining(
                    invitation,
                    in: other,
                    userName: "Ben",
                    deviceName: "tower",
                    timeMilliseconds: 0,
                    signedBy: TestLibrary.key(2)
                )
            } == .wrongLibrary
        )
    }

    @Test func nobodyIsInvitedBeforeThereIsAHub() throws {
        let library = try TestLibrary()
        #expect(
            code {
                _ = try library.log.invitation(
                    for: .editor,
                    seed: [UInt8](repeating: 1, count: 32),
                    expiryMilliseconds: 0,
                    timeMilliseconds: 0,
                    signedBy: library.owner
                )
            } == .hubMissing
        )
    }
}
