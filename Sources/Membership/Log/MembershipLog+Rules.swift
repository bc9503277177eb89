import ArticleModel
import Signing

extension MembershipLog {
    /// What a record changes, once it was checked.
    enum Effect {
        case hub(Hub)
        case invitation(IssuedInvitation)
        case user(Member, MemberDevice, by: DeviceKey)
        case device(MemberDevice, by: DeviceKey)
        case role(UserID, Member.RoleSpan)
    }

    /// Checks what the hub answers for before it gives a receipt: all that any replica checks, and
    /// that the invitation has not expired at `now`.
    public func hubMayAccept(
        _ record: MembershipRecord,
        at now: Int64
    ) throws(MembershipError) {
        _ = try effect(of: record, checkingSignatures: true)
        let key: DeviceKey
        switch record.content {
        case .join(let join): key = join.invitation
        case .deviceAdd(let add): key = add.invitation
        case .genesis, .hubSet, .invite, .role: return
        }
        guard let invite = invitation(key)?.invite, now < invite.expiryMilliseconds else {
            throw MembershipError(
                .invitationExpired,
                "The invitation has expired; ask for another."
            )
        }
    }

    /// Checks that a record has a receipt exactly where it needs one.
    func checkReceipt(
        _ receipt: Receipt?,
        of record: MembershipRecord,
        checkingSignatures: Bool
    ) throws(MembershipError) {
        guard let hub else {
            guard receipt == nil else {
                throw MembershipError(
                    .receiptUnexpected,
                    "Record \(record.sequence) comes with a receipt, but the library has no hub"
                        + " before it."
                )
            }
            return
        }
        guard let receipt else {
            throw MembershipError(
                .receiptMissing,
                "Record \(record.sequence) has no receipt of the hub; hand it to the hub first."
            )
        }
        guard receipt.library == library, receipt.sequence == record.sequence,
            receipt.id == record.id
        else {
            throw MembershipError(
                .receiptInvalid,
                "The receipt is not for membership record \(record.sequence)."
            )
        }
        guard !checkingSignatures || receipt.isSigned(byOneOf: hub.keys) else {
            throw MembershipError(
                .receiptInvalid,
                "The receipt of membership record \(record.sequence) is not signed by the"
                    + " library's hub; get it from somebody else."
            )
        }
    }

    /// Checks all but the receipt and says what the record changes.
    func effect(
        of record: MembershipRecord,
        checkingSignatures: Bool
    ) throws(MembershipError) -> Effect {
        try checkPlace(of: record)
        if checkingSignatures { try record.checkSignature() }
        switch record.content {
        case .genesis:
            throw MembershipError(.genesisMisplaced, "A library begins only once.")
        case .hubSet(let content):
            return try effect(of: content, in: record, checkingSignatures)
        case .invite(let content):
            return try effect(of: content, in: record, checkingSignatures)
        case .join(let content):
            return try effect(of: content, in: record, checkingSignatures)
        case .role(let content):
            return try effect(of: content, in: record)
        case .deviceAdd(let content):
            return try effect(of: content, in: record, checkingSignatures)
        }
    }

    private func checkPlace(of record: MembershipRecord) throws(MembershipError) {
        guard let recordLibrary = record.library else {
            throw MembershipError(
                .genesisMisplaced,
                "A library begins only once; a second genesis record is refused."
            )
        }
        guard recordLibrary == library else {
            throw MembershipError(
                .wrongLibrary,
                "The record is of library \(recordLibrary.handle), not of \(library.handle)."
            )
        }
        let head = head
        guard record.sequence == head.sequence + 1 else {
            throw MembershipError(
                .wrongSequence,
                "Record \(record.sequence) does not come next: the log ends at \(head.sequence)."
                    + " Sync and try again."
            )
        }
        guard record.previous == head.id else {
            throw MembershipError(
                .wrongPreviousRecord,
                "Record \(record.sequence) follows another record than the log ends with. Sync and"
                    + " try again."
            )
        }
        guard hub != nil || record.author == devices.first?.key else {
            throw MembershipError(
                .hubMissing,
                "Before the library has a hub only its first device changes who is a member."
            )
        }
    }

    private func effect(
        of content: HubSet,
        in record: MembershipRecord,
        _ checkingSignatures: Bool
    ) throws(MembershipError) -> Effect {
        let (_, role) = try author(of: record)
        guard role == .owner else {
            throw tooLow(role, "set the hub")
        }
        if checkingSignatures { for key in content.keys { _ = try key.publicKey() } }
        return .hub(Hub(keys: content.keys, address: content.address, since: record.sequence))
    }

    private func effect(
        of content: Invite,
        in record: MembershipRecord,
        _ checkingSignatures: Bool
    ) throws(MembershipError) -> Effect {
        let (author, role) = try author(of: record)
        switch content.grant {
        case .user(let granted):
            guard role.maySet(granted) else {
                throw tooLow(role, "invite somebody as \(granted)")
            }
        case .device(let user):
            guard user == author.user else {
                throw MembershipError(
                    .roleTooLow,
                    "An invitation for a device is given by a device of the same user."
                )
            }
        }
        try checkNew(content.key)
        if checkingSignatures { _ = try content.key.publicKey() }
        return .invitation(
            IssuedInvitation(
                invite: content,
                inviter: author.user,
                since: record.sequence,
                usedCount: 0
            )
        )
    }

    private func effect(
        of content: Join,
        in record: MembershipRecord,
        _ checkingSignatures: Bool
    ) throws(MembershipError) -> Effect {
        let issued = try usableInvitation(content.invitation)
        guard case .user(let granted) = issued.invite.grant else {
            throw MembershipError(
                .wrongInvitation,
                "The invitation is for a user's own device, not for a new user."
            )
        }
        guard role(of: issued.inviter)?.maySet(granted) == true else {
            throw MembershipError(
                .inviterLostRight,
                "Whoever gave the invitation may not invite as \(granted) any more; ask for"
                    + " another."
            )
        }
        try checkNew(record.author)
        if checkingSignatures {
            try checkInner(
                content.invitationSignature,
                by: content.invitation,
                over: InnerStatement.join(
                    library: library,
                    device: record.author,
                    userName: content.userName,
                    deviceName: content.deviceName
                )
            )
        }
        let user = Member(
            id: record.id.prefix16(as: UserID.self),
            name: content.userName,
            since: record.sequence,
            roles: [Member.RoleSpan(since: record.sequence, role: granted)]
        )
        guard self.user(user.id) == nil else {
            throw MembershipError(.keyKnown, "The user is in the library already.")
        }
        let device = MemberDevice(
            key: record.author,
            user: user.id,
            name: content.deviceName,
            since: record.sequence
        )
        return .user(user, device, by: content.invitation)
    }

    private func effect(
        of content: DeviceAdd,
        in record: MembershipRecord,
        _ checkingSignatures: Bool
    ) throws(MembershipError) -> Effect {
        let issued = try usableInvitation(content.invitation)
        guard case .device(let user) = issued.invite.grant else {
            throw MembershipError(
                .wrongInvitation,
                "The invitation is for a new user, not for a user's own device."
            )
        }
        guard self.user(of: content.endorsement.device) == user else {
            throw MembershipError(
                .unknownDevice,
                "The device that vouches for the new one is not the same user's."
            )
        }
        try checkNew(record.author)
        if checkingSignatures {
            try checkInner(
                content.invitationSignature,
                by: content.invitation,
                over: InnerStatement.deviceJoin(
                    library: library,
                    user: user,
                    device: record.author,
                    deviceName: content.deviceName
                )
            )
            try checkInner(
                content.endorsement.signature,
                by: content.endorsement.device,
                over: InnerStatement.endorsement(
                    library: library,
                    user: user,
                    invitation: content.invitation
                )
            )
        }
        let device = MemberDevice(
            key: record.author,
            user: user,
            name: content.deviceName,
            since: record.sequence
        )
        return .device(device, by: content.invitation)
    }

    private func effect(
        of content: RoleChange,
        in record: MembershipRecord
    ) throws(MembershipError) -> Effect {
        let (_, role) = try author(of: record)
        guard let present = self.role(of: content.user) else {
            throw MembershipError(
                .unknownUser,
                "There is no user \(content.user.handle) in the library."
            )
        }
        guard role.maySet(present), role.maySet(content.role) else {
            throw tooLow(role, "make \(content.role) of somebody who is \(present)")
        }
        guard present != content.role else {
            throw MembershipError(.roleUnchanged, "The user is \(present) already.")
        }
        let isLastOwner =
            present == .owner
            && !users.contains { $0.id != content.user && self.role(of: $0.id) == .owner }
        guard !isLastOwner else {
            throw MembershipError(
                .lastOwner,
                "A library has one owner at least; make an owner of somebody else first."
            )
        }
        return .role(
            content.user,
            Member.RoleSpan(since: record.sequence, role: content.role)
        )
    }

    private func author(
        of record: MembershipRecord
    ) throws(MembershipError) -> (device: MemberDevice, role: Role) {
        guard let device = device(record.author), let role = role(of: device.user) else {
            throw MembershipError(
                .unknownDevice,
                "Device \(record.author.handle) is no member's and cannot change who is one."
            )
        }
        return (device, role)
    }

    private func usableInvitation(_ key: DeviceKey) throws(MembershipError) -> IssuedInvitation {
        guard let issued = invitation(key) else {
            throw MembershipError(
                .unknownInvitation,
                "The library knows no such invitation; ask for another."
            )
        }
        guard issued.remainingUses > 0 else {
            throw MembershipError(
                .invitationUsedUp,
                "The invitation was used \(issued.usedCount) times, which is all it is for; ask for"
                    + " another."
            )
        }
        return issued
    }

    private func checkNew(_ key: DeviceKey) throws(MembershipError) {
        guard device(key) == nil, invitation(key) == nil else {
            throw MembershipError(
                .keyKnown,
                "The key \(key.handle) is in the library already; make a new one."
            )
        }
    }

    private func checkInner(
        _ signature: SignatureBytes,
        by key: DeviceKey,
        over statement: [UInt8]
    ) throws(MembershipError) {
        guard try key.publicKey().isValidSignature(signature.bytes, for: statement) else {
            throw MembershipError(
                .badSignature,
                "The signature of \(key.handle) inside the record does not hold; ask for another"
                    + " invitation."
            )
        }
    }

    private func tooLow(_ role: Role, _ action: String) -> MembershipError {
        MembershipError(
            .roleTooLow,
            "The role \(role) may not \(action); ask an owner."
        )
    }
}
