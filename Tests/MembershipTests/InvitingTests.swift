import ArticleModel
import Membership
import Signing
import Testing

@Suite struct InvitingTests {
    @Test(
        arguments: Role.allCases,
        Role.allCases
    )
    func aRoleInvitesBelowItself(inviter: Role, granted: Role) throws {
        let library = try TestLibrary.with(inviter, 2)
        let (record, _) = try library.log.invitation(
            for: granted,
            seed: [UInt8](repeating: 9, count: 32),
            expiryMilliseconds: TestLibrary.expiry,
            timeMilliseconds: 0,
            signedBy: TestLibrary.key(2)
        )
        let isAllowed = inviter == .owner || (inviter == .admin && granted <= .editor)
        #expect(refusal(record, in: library) == (isAllowed ? nil : .roleTooLow))
    }

    @Test func aStrangerInvitesNobody() throws {
        let library = try TestLibrary.withHub()
        let (record, _) = try library.log.invitation(
            for: .reader,
            seed: [UInt8](repeating: 9, count: 32),
            expiryMilliseconds: TestLibrary.expiry,
            timeMilliseconds: 0,
            signedBy: TestLibrary.key(5)
        )
        #expect(refusal(record, in: library) == .unknownDevice)
        #expect(
            code {
                _ = try library.log.deviceInvitation(
                    seed: [UInt8](repeating: 9, count: 32),
                    expiryMilliseconds: TestLibrary.expiry,
                    timeMilliseconds: 0,
                    signedBy: TestLibrary.key(5)
                )
            } == .unknownDevice
        )
    }

    @Test(arguments: Role.allCases)
    func anyMemberInvitesOwnDevicesAndNobodyElses(role: Role) throws {
        let library = try TestLibrary.with(role, 2)
        let (record, _) = try library.log.deviceInvitation(
            seed: [UInt8](repeating: 9, count: 32),
            expiryMilliseconds: TestLibrary.expiry,
            timeMilliseconds: 0,
            signedBy: TestLibrary.key(2)
        )
        #expect(refusal(record, in: library) == nil)
        let others = try library.next(
            .invite(
                Invite(
                    key: TestLibrary.device(9),
                    grant: .device(library.ownerID),
                    expiryMilliseconds: TestLibrary.expiry,
                    useCount: 1,
                    suggestedName: nil
                )
            ),
            TestLibrary.key(2)
        )
        #expect(refusal(others, in: library) == .roleTooLow)
    }

    @Test func anInvitationsKeyIsNewAndFitToVerifyWith() throws {
        var library = try TestLibrary.withHub()
        _ = try library.invite(.reader, seed: 9)
        func invite(_ key: DeviceKey) throws -> MembershipError.Code? {
            try refusal(
                library.next(
                    .invite(
                        Invite(
                            key: key,
                            grant: .user(.reader),
                            expiryMilliseconds: TestLibrary.expiry,
                            useCount: 1,
                            suggestedName: nil
                        )
                    ),
                    library.owner
                ),
                in: library
            )
        }
        #expect(try invite(TestLibrary.device(9)) == .keyKnown)
        #expect(try invite(TestLibrary.device(1)) == .keyKnown)
        #expect(
            try invite(#require(DeviceKey([UInt8](repeating: 0, count: 32)))) == .badKey
        )
        #expect(try invite(TestLibrary.device(10)) == nil)
    }

    @Test func anInvitationIsForOneUseAtLeast() throws {
        let library = try TestLibrary.withHub()
        func invite(_ uses: UInt64) -> MembershipError.Code? {
            code {
                _ = try library.log.invitation(
                    for: .reader,
                    seed: [UInt8](repeating: 9, count: 32),
                    expiryMilliseconds: TestLibrary.expiry,
                    useCount: uses,
                    timeMilliseconds: 0,
                    signedBy: library.owner
                )
            }
        }
        #expect(invite(0) == .tooLarge)
        #expect(invite(1) == nil)
        #expect(invite(MemberLimits.useCountMax) == nil)
        #expect(invite(MemberLimits.useCountMax + 1) == .tooLarge)
    }

    // MARK: Roles

    @Test(arguments: Role.allCases, Role.allCases)
    func aRoleIsSetByWhoIsAboveBothOldAndNew(author: Role, present: Role) throws {
        var library = try TestLibrary.with(author, 2)
        try library.join(3, present)
        for role in Role.allCases where role != present {
            let record = try library.next(
                .role(RoleChange(user: library.user(3), role: role)),
                TestLibrary.key(2)
            )
            let isAllowed =
                author == .owner || (author == .admin && present < .admin && role < .admin)
            #expect(refusal(record, in: library) == (isAllowed ? nil : .roleTooLow))
        }
    }

    @Test func aLibraryKeepsAnOwner() throws {
        var library = try TestLibrary.with(.editor, 2)
        let stepDown = RecordContent.role(RoleChange(user: library.ownerID, role: .admin))
        #expect(try refusal(library.next(stepDown, library.owner), in: library) == .lastOwner)
        let ben = try library.user(2)
        try library.accept(library.next(.role(RoleChange(user: ben, role: .owner)), library.owner))
        #expect(try refusal(library.next(stepDown, library.owner), in: library) == nil)
        #expect(try refusal(library.next(stepDown, TestLibrary.key(2)), in: library) == nil)
    }

    @Test func aRoleChangeChangesTheRoleOfAUser() throws {
        let library = try TestLibrary.with(.editor, 2)
        let same = RecordContent.role(RoleChange(user: try library.user(2), role: .editor))
        #expect(try refusal(library.next(same, library.owner), in: library) == .roleUnchanged)
        let nobody = RecordContent.role(RoleChange(user: try TestHeader.short(1), role: .editor))
        #expect(try refusal(library.next(nobody, library.owner), in: library) == .unknownUser)
    }
}
