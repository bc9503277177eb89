public import ArticleModel

/// Who may do what in a library: a linear log of signed records, from genesis on.
///
/// Invariants:
/// 1. `entries[i].record.sequence == i`, and each names the id of the one before it.
/// 2. Every record's signatures hold, and its author had the right to it when it came.
/// 3. Once there is a hub, every further record has a receipt by a key of the hub before it.
/// 4. A device key, and an invitation's key, is in the log once.
/// 5. There is an owner.
public struct MembershipLog: Sendable {
    /// A record with the hub's receipt, where it needs one.
    public struct Entry: Hashable, Sendable {
        /// The record.
        public let record: MembershipRecord
        /// The hub's receipt; none where there was no hub before the record.
        public let receipt: Receipt?

        /// Puts the two together.
        public init(record: MembershipRecord, receipt: Receipt?) {
            self.record = record
            self.receipt = receipt
        }
    }

    /// The records with their receipts, from genesis on.
    public private(set) var entries: [Entry]
    /// The library: the genesis record's id.
    public let library: LibraryID
    /// The library's name.
    public let libraryName: String
    /// The users, in the order of their coming.
    public private(set) var users: [Member]
    /// The devices, in the order of their coming.
    public private(set) var devices: [MemberDevice]
    /// The hub, where there is one.
    public private(set) var hub: Hub?
    /// The invitations, in the order of their records.
    public private(set) var invitations: [IssuedInvitation] = []

    private var userIndexes: [UserID: Int]
    private var deviceIndexes: [DeviceKey: Int]
    private var invitationIndexes: [DeviceKey: Int] = [:]

    /// Begins with a genesis record, which is verified.
    public init(genesis record: MembershipRecord) throws(MembershipError) {
        try self.init(genesis: record, checkingSignatures: true)
    }

    /// Reads back what was checked by ``append(_:receipt:)`` and stored: every rule is looked at
    /// again but no signature, as verifying costs.
    public init(restoring entries: [Entry]) throws(MembershipError) {
        guard let first = entries.first else {
            throw MembershipError(
                .genesisMisplaced,
                "The membership log is empty; take the library from a backup or join it again."
            )
        }
        try self.init(genesis: first.record, checkingSignatures: false)
        for entry in entries.dropFirst() {
            try append(entry.record, receipt: entry.receipt, checkingSignatures: false)
        }
    }

    private init(
        genesis record: MembershipRecord,
        checkingSignatures: Bool
    ) throws(MembershipError) {
        guard case .genesis(let genesis) = record.content else {
            throw MembershipError(
                .genesisMisplaced,
                "A membership log begins with a genesis record, not with record"
                    + " \(record.sequence)."
            )
        }
        if checkingSignatures { try record.checkSignature() }
        let user = Member(
            id: record.id.prefix16(as: UserID.self),
            name: genesis.userName,
            since: 0,
            roles: [Member.RoleSpan(since: 0, role: .owner)]
        )
        let device = MemberDevice(
            key: record.author,
            user: user.id,
            name: genesis.deviceName,
            since: 0
        )
        library = record.id.asLibrary
        libraryName = genesis.libraryName
        entries = [Entry(record: record, receipt: nil)]
        users = [user]
        devices = [device]
        userIndexes = [user.id: 0]
        deviceIndexes = [device.key: 0]
    }

    /// Appends a record after checking it completely; where it is refused nothing changes.
    public mutating func append(
        _ record: MembershipRecord,
        receipt: Receipt?
    ) throws(MembershipError) {
        try append(record, receipt: receipt, checkingSignatures: true)
    }

    private mutating func append(
        _ record: MembershipRecord,
        receipt: Receipt?,
        checkingSignatures: Bool
    ) throws(MembershipError) {
        try checkReceipt(receipt, of: record, checkingSignatures: checkingSignatures)
        let effect = try effect(of: record, checkingSignatures: checkingSignatures)
        entries.append(Entry(record: record, receipt: receipt))
        apply(effect)
    }

    private mutating func apply(_ effect: Effect) {
        switch effect {
        case .hub(let hub):
            self.hub = hub
        case .invitation(let invitation):
            invitationIndexes[invitation.invite.key] = invitations.count
            invitations.append(invitation)
        case .user(let user, let device, let invitation):
            userIndexes[user.id] = users.count
            users.append(user)
            add(device, by: invitation)
        case .device(let device, let invitation):
            add(device, by: invitation)
        case .role(let user, let span):
            if let index = userIndexes[user] { users[index].roles.append(span) }
        }
    }

    private mutating func add(_ device: MemberDevice, by invitation: DeviceKey) {
        deviceIndexes[device.key] = devices.count
        devices.append(device)
        if let index = invitationIndexes[invitation] { invitations[index].usedCount += 1 }
    }
}

extension MembershipLog {
    /// The last record's place and id.
    public var head: (sequence: UInt64, id: MemberRecordID) {
        // Invariant 1: there is a genesis record at least.
        guard let record = entries.last?.record else { return (0, library.asRecord) }
        return (record.sequence, record.id)
    }

    /// The last record as an entry made now names it.
    public var reference: MembershipReference {
        MembershipReference(sequence: head.sequence, id: head.id)
    }

    /// The record at `sequence` as an entry names it, nil beyond the log's end.
    public func reference(at sequence: UInt64) -> MembershipReference? {
        guard let index = Int(exactly: sequence), entries.indices.contains(index) else {
            return nil
        }
        return MembershipReference(sequence: sequence, id: entries[index].record.id)
    }

    /// The user `id`, nil where there is none.
    public func user(_ id: UserID) -> Member? { userIndexes[id].map { users[$0] } }

    /// The device with `key`, nil where there is none.
    public func device(_ key: DeviceKey) -> MemberDevice? { deviceIndexes[key].map { devices[$0] } }

    /// The invitation with `key`, nil where there is none.
    public func invitation(_ key: DeviceKey) -> IssuedInvitation? {
        invitationIndexes[key].map { invitations[$0] }
    }

    /// Whose device `key` is, nil where it is nobody's.
    public func user(of key: DeviceKey) -> UserID? { device(key)?.user }

    /// The name of the user `id`, nil where there is none.
    public func userName(_ id: UserID) -> String? { user(id)?.name }

    /// The name of the device `key`, nil where there is none.
    public func deviceName(_ key: DeviceKey) -> String? { device(key)?.name }

    /// The role of the device `key` as of the record at `sequence`; nil where it was no member's
    /// then, or the log does not reach that far.
    public func role(of key: DeviceKey, at sequence: UInt64) -> Role? {
        guard sequence <= head.sequence, let device = device(key), device.since <= sequence else {
            return nil
        }
        return user(device.user)?.role(at: sequence)
    }

    /// The role of the device `key` now, nil where it is no member's.
    public func role(of key: DeviceKey) -> Role? { role(of: key, at: head.sequence) }

    /// The role of the user `id` now, nil where there is none.
    public func role(of id: UserID) -> Role? { user(id)?.role(at: head.sequence) }
}

extension MemberRecordID {
    /// A genesis record's id as the library's.
    var asLibrary: LibraryID {
        LibraryID(digest: bytes)
    }
}

extension LibraryID {
    /// The id of the genesis record.
    var asRecord: MemberRecordID { MemberRecordID(digest: bytes) }
}
