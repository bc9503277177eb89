public import ArticleModel

/// A person in the log.
public struct Member: Hashable, Sendable {
    /// Known by the record that brought them in.
    public let id: UserID
    /// The name they gave.
    public let name: String
    /// The place of the record that brought them in.
    public let since: UInt64
    /// Their roles, each from a record on; the first comes with the user.
    public internal(set) var roles: [RoleSpan]

    /// A role from a record on.
    public struct RoleSpan: Hashable, Sendable {
        /// The place of the record that gave it.
        public let since: UInt64
        /// The role.
        public let role: Role
    }

    /// The role as of the record at `sequence`, nil before the user came.
    public func role(at sequence: UInt64) -> Role? {
        roles.last { $0.since <= sequence }?.role
    }
}

/// One of a user's machines in the log.
public struct MemberDevice: Hashable, Sendable {
    /// The key it signs with.
    public let key: DeviceKey
    /// Whose it is.
    public let user: UserID
    /// The name its user gave it.
    public let name: String
    /// The place of the record that brought it in.
    public let since: UInt64
}

/// The hub as of a record.
public struct Hub: Hashable, Sendable {
    /// The keys it shows and signs receipts with.
    public let keys: [DeviceKey]
    /// Host and port.
    public let address: String
    /// The place of the record that set it.
    public let since: UInt64
}

/// An invitation in the log.
public struct IssuedInvitation: Hashable, Sendable {
    /// What was issued.
    public let invite: Invite
    /// The user who invites.
    public let inviter: UserID
    /// The place of its record.
    public let since: UInt64
    /// How often it was used.
    public internal(set) var usedCount: UInt64

    /// How often it may still be used.
    public var remainingUses: UInt64 {
        invite.useCount > usedCount ? invite.useCount - usedCount : 0
    }
}
