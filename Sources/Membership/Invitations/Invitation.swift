public import ArticleModel
public import Signing

/// What is handed over to let somebody in: everything a machine needs to find the hub, know it, and
/// join.
///
/// It holds a private key; whoever has it can use it, so it goes over a channel that is trusted.
/// There is no trust on first use: the hub's keys are in it.
public struct Invitation: Hashable, Sendable {
    /// What the invitation gives.
    public enum Grant: Hashable, Sendable {
        /// A new user of a role.
        case user(Role)
        /// Another device of a user, with the old device's word for it.
        case device(UserID, Endorsement)
    }

    /// The hub's address: host and port.
    public let hubAddress: String
    /// The hub's keys, of which it shows one.
    public let hubKeys: [DeviceKey]
    /// The library.
    public let library: LibraryID
    /// The library's name.
    public let libraryName: String
    /// The 32 secret bytes of the invitation's key.
    public let seed: [UInt8]
    /// What it gives.
    public let grant: Grant
    /// When it ends, by the hub's clock.
    public let expiryMilliseconds: Int64
    /// How many may use it.
    public let useCount: UInt64
    /// The name that whoever is invited is suggested, if any.
    public let suggestedName: String?

    /// The key that `seed` stands for.
    public func privateKey() throws(MembershipError) -> PrivateKey {
        do {
            return try PrivateKey(seed: seed)
        } catch {
            throw MembershipError(.badKey, error.message)
        }
    }

    /// Refuses an invitation that has run out, before anybody is asked.
    public func checkExpiry(at now: Int64) throws(MembershipError) {
        guard now < expiryMilliseconds else {
            throw MembershipError(
                .invitationExpired,
                "The invitation has expired; ask for another."
            )
        }
    }
}

extension MembershipLog {
    /// Makes an invitation for a new user of `role`, and the record that announces it.
    ///
    /// The record comes first: the invitation is of use once the log holds it.
    public func invitation(
        for role: Role,
        seed: [UInt8],
        expiryMilliseconds: Int64,
        useCount: UInt64 = 1,
        suggestedName: String? = nil,
        timeMilliseconds: Int64,
        signedBy key: PrivateKey
    ) throws(MembershipError) -> (record: MembershipRecord, invitation: Invitation) {
        let invitation = try makeInvitation(
            .user(role),
            seed: seed,
            expiryMilliseconds: expiryMilliseconds,
            useCount: useCount,
            suggestedName: suggestedName
        )
        return (try record(of: invitation, timeMilliseconds, key), invitation)
    }

    /// Makes an invitation for another device of the user whose device `key` is, and the record
    /// that announces it.
    public func deviceInvitation(
        seed: [UInt8],
        expiryMilliseconds: Int64,
        useCount: UInt64 = 1,
        suggestedName: String? = nil,
        timeMilliseconds: Int64,
        signedBy key: PrivateKey
    ) throws(MembershipError) -> (record: MembershipRecord, invitation: Invitation) {
        let device = try DeviceKey(key.publicKey)
        guard let user = user(of: device) else {
            throw MembershipError(
                .unknownDevice,
                "Device \(device.handle) is no member's and cannot invite another."
            )
        }
        let statement = InnerStatement.endorsement(
            library: library,
            user: user,
            invitation: try invitationKey(seed: seed)
        )
        guard let signature = SignatureBytes(key.signature(for: statement)) else {
            throw MembershipError(.badSignature, "A signature has 64 bytes.")
        }
        let invitation = try makeInvitation(
            .device(user, Endorsement(device: device, signature: signature)),
            seed: seed,
            expiryMilliseconds: expiryMilliseconds,
            useCount: useCount,
            suggestedName: suggestedName
        )
        return (try record(of: invitation, timeMilliseconds, key), invitation)
    }

    private func makeInvitation(
        _ grant: Invitation.Grant,
        seed: [UInt8],
        expiryMilliseconds: Int64,
        useCount: UInt64,
        suggestedName: String?
    ) throws(MembershipError) -> Invitation {
        guard let hub else {
            throw MembershipError(
                .hubMissing,
                "The library has no hub yet, so nobody could use an invitation; add one first."
            )
        }
        return Invitation(
            hubAddress: hub.address,
            hubKeys: hub.keys,
            library: library,
            libraryName: libraryName,
            seed: seed,
            grant: grant,
            expiryMilliseconds: expiryMilliseconds,
            useCount: useCount,
            suggestedName: suggestedName
        )
    }

    private func record(
        of invitation: Invitation,
        _ timeMilliseconds: Int64,
        _ key: PrivateKey
    ) throws(MembershipError) -> MembershipRecord {
        let grant: Invite.Grant =
            switch invitation.grant {
            case .user(let role): .user(role)
            case .device(let user, _): .device(user)
            }
        let invite = Invite(
            key: try invitationKey(seed: invitation.seed),
            grant: grant,
            expiryMilliseconds: invitation.expiryMilliseconds,
            useCount: invitation.useCount,
            suggestedName: invitation.suggestedName
        )
        return try MembershipRecord.next(
            in: self,
            .invite(invite),
            timeMilliseconds: timeMilliseconds,
            signedBy: key
        )
    }

    private func invitationKey(seed: [UInt8]) throws(MembershipError) -> DeviceKey {
        do {
            return try DeviceKey(PrivateKey(seed: seed).publicKey)
        } catch let error as SigningError {
            throw MembershipError(.badKey, error.message)
        } catch let error as MembershipError {
            throw error
        } catch {
            throw MembershipError(.badKey, "\(error)")
        }
    }
}
