import ArticleModel
import Membership
import Signing
import Testing

/// A library whose people and keys are the same in each run.
struct TestLibrary {
    /// The first day of 2026, in milliseconds.
    static let start: Int64 = 1_767_225_600_000
    /// A day later, when invitations end.
    static let expiry = start + 86_400_000

    let owner: PrivateKey
    let hub: PrivateKey
    var log: MembershipLog

    /// A library that its owner has just begun, without a hub.
    init() throws {
        owner = try Self.key(1)
        hub = try Self.key(100)
        let nonce = try #require(Identifier32<GenesisNonceTag>([UInt8](repeating: 7, count: 32)))
        log = try MembershipLog(
            genesis: .genesis(
                Genesis(
                    nonce: nonce,
                    libraryName: "Press cuttings",
                    userName: "Ada",
                    deviceName: "laptop"
                ),
                timeMilliseconds: Self.start,
                signedBy: owner
            )
        )
    }

    /// A library with a hub.
    static func withHub() throws -> TestLibrary {
        var library = try TestLibrary()
        try library.log.append(library.hubRecord(), receipt: nil)
        return library
    }

    /// A library with a hub, and a user of `role` whose first device has the key `number`.
    static func with(_ role: Role, _ number: UInt8 = 2) throws -> TestLibrary {
        var library = try withHub()
        try library.join(number, role)
        return library
    }

    /// The key that `number` stands for.
    static func key(_ number: UInt8) throws -> PrivateKey {
        try PrivateKey(seed: [UInt8](repeating: number, count: 32))
    }

    /// The device whose key `number` stands for.
    static func device(_ number: UInt8) throws -> DeviceKey {
        try DeviceKey(key(number).publicKey)
    }

    var ownerID: UserID { log.users[0].id }

    /// The user whose device has the key `number`.
    func user(_ number: UInt8) throws -> UserID {
        try #require(log.user(of: Self.device(number)))
    }

    func hubRecord() throws -> MembershipRecord {
        try next(
            .hubSet(HubSet(keys: [DeviceKey(hub.publicKey)], address: "hub.example.org:7425")),
            owner
        )
    }

    func next(_ content: RecordContent, _ key: PrivateKey) throws -> MembershipRecord {
        try MembershipRecord.next(
            in: log,
            content,
            timeMilliseconds: Self.start + Int64(log.entries.count) * 1000,
            signedBy: key
        )
    }

    /// Appends what the hub would append.
    mutating func accept(_ record: MembershipRecord) throws {
        let receipt = try Receipt.issue(
            for: record,
            nextIn: log,
            at: Self.start,
            signedBy: hub
        )
        try log.append(record, receipt: receipt)
    }

    /// An invitation for a user that is in the log.
    mutating func invite(
        _ role: Role,
        seed: UInt8 = 200,
        uses: UInt64 = 1,
        by key: PrivateKey? = nil
    ) throws -> Invitation {
        let (record, invitation) = try log.invitation(
            for: role,
            seed: [UInt8](repeating: seed, count: 32),
            expiryMilliseconds: Self.expiry,
            useCount: uses,
            suggestedName: "Ben",
            timeMilliseconds: Self.start,
            signedBy: key ?? owner
        )
        try accept(record)
        return invitation
    }

    /// An invitation for another device of the user whose device has `key`.
    mutating func inviteDevice(
        seed: UInt8 = 201,
        uses: UInt64 = 1,
        by key: PrivateKey? = nil
    ) throws -> Invitation {
        let (record, invitation) = try log.deviceInvitation(
            seed: [UInt8](repeating: seed, count: 32),
            expiryMilliseconds: Self.expiry,
            useCount: uses,
            timeMilliseconds: Self.start,
            signedBy: key ?? owner
        )
        try accept(record)
        return invitation
    }

    func joining(_ invitation: Invitation, _ key: PrivateKey) throws -> MembershipRecord {
        try MembershipRecord.joining(
            invitation,
            in: log,
            userName: "Ben",
            deviceName: "tower",
            timeMilliseconds: Self.start + 5000,
            signedBy: key
        )
    }

    /// Brings in a user of `role` whose first device has the key `number`.
    mutating func join(_ number: UInt8, _ role: Role) throws {
        let invitation = try invite(role, seed: 200 &+ number)
        try accept(joining(invitation, Self.key(number)))
    }
}

/// The code of the membership error that `body` throws, nil where it throws none.
func code(_ body: () throws -> Void) -> MembershipError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? MembershipError)?.code
    }
}

/// The code with which the log refuses `record`, handed over with the hub's receipt.
func refusal(
    _ record: MembershipRecord,
    in library: TestLibrary
) -> MembershipError.Code? {
    var log = library.log
    let receipt =
        log.hub == nil
        ? nil
        : Receipt(
            library: log.library,
            sequence: record.sequence,
            id: record.id,
            signedBy: library.hub
        )
    let appended = code { try log.append(record, receipt: receipt) }
    // The hub refuses what every replica refuses.
    let hub = code { try library.log.hubMayAccept(record, at: TestLibrary.start) }
    #expect(appended == hub)
    return appended
}
