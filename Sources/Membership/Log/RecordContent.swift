public import ArticleModel

/// What a membership record does.
public enum RecordContent: Hashable, Sendable {
    /// Begins the library.
    case genesis(Genesis)
    /// Says who the hub is.
    case hubSet(HubSet)
    /// Lets the holder of a key join.
    case invite(Invite)
    /// Brings in a user with a first device.
    case join(Join)
    /// Gives a user another role.
    case role(RoleChange)
    /// Brings in another device of a user.
    case deviceAdd(DeviceAdd)
}

/// The beginning of a library; its author is the first owner's first device.
public struct Genesis: Hashable, Sendable {
    /// 32 random bytes, so that no two libraries are the same.
    public let nonce: Identifier32<GenesisNonceTag>
    /// The library's name.
    public let libraryName: String
    /// The first user's name.
    public let userName: String
    /// The first device's name.
    public let deviceName: String

    /// Begins a library.
    public init(
        nonce: Identifier32<GenesisNonceTag>,
        libraryName: String,
        userName: String,
        deviceName: String
    ) {
        self.nonce = nonce
        self.libraryName = libraryName
        self.userName = userName
        self.deviceName = deviceName
    }
}

/// See ``Genesis/nonce``.
public enum GenesisNonceTag {}

/// The hub from here on: where it is and the keys it may show and sign receipts with.
public struct HubSet: Hashable, Sendable {
    /// The keys, sorted and distinct, one at least.
    public let keys: [DeviceKey]
    /// Host and port.
    public let address: String

    /// Sets a hub; `keys` are sorted, each kept once.
    public init(keys: [DeviceKey], address: String) {
        self.keys = Set(keys).sorted()
        self.address = address
    }
}

/// Leave to join for whoever holds the private key of an invitation.
public struct Invite: Hashable, Sendable {
    /// What the invitation gives.
    public enum Grant: Hashable, Sendable {
        /// A new user of a role.
        case user(Role)
        /// Another device of the user who invites.
        case device(UserID)
    }

    /// The invitation's public key.
    public let key: DeviceKey
    /// What it gives.
    public let grant: Grant
    /// When it ends, by the hub's clock.
    public let expiryMilliseconds: Int64
    /// How many may use it.
    public let useCount: UInt64
    /// The name that whoever is invited is suggested, if any.
    public let suggestedName: String?

    /// Invites.
    public init(
        key: DeviceKey,
        grant: Grant,
        expiryMilliseconds: Int64,
        useCount: UInt64,
        suggestedName: String?
    ) {
        self.key = key
        self.grant = grant
        self.expiryMilliseconds = expiryMilliseconds
        self.useCount = useCount
        self.suggestedName = suggestedName
    }
}

/// The coming of a user; its author is the new device.
public struct Join: Hashable, Sendable {
    /// The invitation used.
    public let invitation: DeviceKey
    /// The user's name.
    public let userName: String
    /// The device's name.
    public let deviceName: String
    /// The invitation's signature, which shows that the device holds it.
    public let invitationSignature: SignatureBytes

    /// Joins.
    public init(
        invitation: DeviceKey,
        userName: String,
        deviceName: String,
        invitationSignature: SignatureBytes
    ) {
        self.invitation = invitation
        self.userName = userName
        self.deviceName = deviceName
        self.invitationSignature = invitationSignature
    }
}

/// The coming of another device of a user; its author is the new device.
public struct DeviceAdd: Hashable, Sendable {
    /// The invitation used.
    public let invitation: DeviceKey
    /// The device's name.
    public let deviceName: String
    /// The invitation's signature, which shows that the device holds it.
    public let invitationSignature: SignatureBytes
    /// The old device's word for the invitation.
    public let endorsement: Endorsement

    /// Adds a device.
    public init(
        invitation: DeviceKey,
        deviceName: String,
        invitationSignature: SignatureBytes,
        endorsement: Endorsement
    ) {
        self.invitation = invitation
        self.deviceName = deviceName
        self.invitationSignature = invitationSignature
        self.endorsement = endorsement
    }
}

/// An old device's word that whoever holds an invitation is its user's; it travels in the
/// invitation.
public struct Endorsement: Hashable, Sendable {
    /// The old device.
    public let device: DeviceKey
    /// Its signature over library, user and the invitation's key.
    public let signature: SignatureBytes

    /// Endorses.
    public init(device: DeviceKey, signature: SignatureBytes) {
        self.device = device
        self.signature = signature
    }
}

/// Another role for a user.
public struct RoleChange: Hashable, Sendable {
    /// The user.
    public let user: UserID
    /// The role from here on.
    public let role: Role

    /// Gives `user` the role `role`.
    public init(user: UserID, role: Role) {
        self.user = user
        self.role = role
    }
}

/// The 64 bytes of a signature inside a record.
public struct SignatureBytes: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Takes 64 bytes, or gives nil for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 64 else { return nil }
        self.bytes = Array(bytes)
    }
}
