import ArticleModel
import CBOR

// The content of a record is a map with integer keys, by kind:
//
//      0 genesis       0 nonce (32 bytes), 1 library's name, 2 user's name, 3 device's name
//      1 hub-set       0 [key, …] sorted, 1 address
//      2 invite        0 key, 1 role or 2 user (16 bytes), 3 expiry in milliseconds, 4 uses,
//                      5 suggested name, absent where there is none
//      3 join          0 invitation's key, 1 user's name, 2 device's name, 3 its signature
//      4 role          0 user, 1 role
//      5 device-add    0 invitation's key, 1 device's name, 2 its signature,
//                      3 [old device's key, its signature]
//
// Kinds 6 to 13 are kept for device-revoke, device-rotate, user-revoke, recover, policy,
// fork-settle, purge and epoch-key.

extension RecordContent {
    /// The number that stands for the kind.
    var kind: UInt64 {
        switch self {
        case .genesis: 0
        case .hubSet: 1
        case .invite: 2
        case .join: 3
        case .role: 4
        case .deviceAdd: 5
        }
    }

    func encode(into writer: inout CBORWriter) {
        var map = writer.integerMap()
        switch self {
        case .genesis(let genesis):
            map.key(0, &writer)
            writer.identifier(genesis.nonce)
            map.key(1, &writer)
            writer.text(genesis.libraryName)
            map.key(2, &writer)
            writer.text(genesis.userName)
            map.key(3, &writer)
            writer.text(genesis.deviceName)
        case .hubSet(let hub):
            map.key(0, &writer)
            writer.hubKeys(hub.keys)
            map.key(1, &writer)
            writer.text(hub.address)
        case .invite(let invite):
            invite.encode(into: &writer, &map)
        case .join(let join):
            map.key(0, &writer)
            writer.identifier(join.invitation)
            map.key(1, &writer)
            writer.text(join.userName)
            map.key(2, &writer)
            writer.text(join.deviceName)
            map.key(3, &writer)
            writer.bytes(join.invitationSignature.bytes)
        case .role(let change):
            map.key(0, &writer)
            writer.identifier(change.user)
            map.key(1, &writer)
            writer.unsigned(UInt64(change.role.rawValue))
        case .deviceAdd(let add):
            map.key(0, &writer)
            writer.identifier(add.invitation)
            map.key(1, &writer)
            writer.text(add.deviceName)
            map.key(2, &writer)
            writer.bytes(add.invitationSignature.bytes)
            map.key(3, &writer)
            add.endorsement.encode(into: &writer)
        }
        map.end(&writer)
    }

    init(kind: UInt64, from reader: inout CBORReader) throws {
        var map = try reader.integerMap()
        switch kind {
        case 0: self = .genesis(try Genesis(from: &reader, &map))
        case 1: self = .hubSet(try HubSet(from: &reader, &map))
        case 2: self = .invite(try Invite(from: &reader, &map))
        case 3: self = .join(try Join(from: &reader, &map))
        case 4: self = .role(try RoleChange(from: &reader, &map))
        case 5: self = .deviceAdd(try DeviceAdd(from: &reader, &map))
        default:
            throw MembershipError(
                .unknownKind,
                "A membership record is of kind \(kind), which this galley does not know; install"
                    + " a newer one."
            )
        }
        try map.end(&reader)
    }

    /// Checks names and counts.
    func validate() throws(MembershipError) {
        switch self {
        case .genesis(let genesis):
            try checkName(genesis.libraryName, of: "library")
            try checkName(genesis.userName, of: "user")
            try checkName(genesis.deviceName, of: "device")
        case .hubSet(let hub):
            guard !hub.keys.isEmpty, hub.keys.count <= MemberLimits.hubKeyCountMax else {
                throw MembershipError(
                    .tooLarge,
                    "A hub has 1 to \(MemberLimits.hubKeyCountMax) keys, not \(hub.keys.count)."
                )
            }
            try checkName(hub.address, of: "hub", sizeMax: MemberLimits.addressSizeMax)
        case .invite(let invite):
            guard (1...MemberLimits.useCountMax).contains(invite.useCount) else {
                throw MembershipError(
                    .tooLarge,
                    "An invitation is for 1 to \(MemberLimits.useCountMax) uses, not"
                        + " \(invite.useCount)."
                )
            }
            if let name = invite.suggestedName { try checkName(name, of: "guest") }
        case .join(let join):
            try checkName(join.userName, of: "user")
            try checkName(join.deviceName, of: "device")
        case .role:
            break
        case .deviceAdd(let add):
            try checkName(add.deviceName, of: "device")
        }
    }
}

extension Genesis {
    fileprivate init(from reader: inout CBORReader, _ map: inout IntegerMapReader) throws {
        try map.require(0, &reader)
        nonce = try reader.identifier32()
        try map.require(1, &reader)
        libraryName = try reader.string()
        try map.require(2, &reader)
        userName = try reader.string()
        try map.require(3, &reader)
        deviceName = try reader.string()
    }
}

extension HubSet {
    fileprivate init(from reader: inout CBORReader, _ map: inout IntegerMapReader) throws {
        try map.require(0, &reader)
        keys = try reader.hubKeys()
        try map.require(1, &reader)
        address = try reader.string()
    }
}

extension Invite {
    fileprivate func encode(into writer: inout CBORWriter, _ map: inout IntegerMapWriter) {
        map.key(0, &writer)
        writer.identifier(key)
        switch grant {
        case .user(let role):
            map.key(1, &writer)
            writer.unsigned(UInt64(role.rawValue))
        case .device(let user):
            map.key(2, &writer)
            writer.identifier(user)
        }
        map.key(3, &writer)
        writer.integer(expiryMilliseconds)
        map.key(4, &writer)
        writer.unsigned(useCount)
        if let suggestedName {
            map.key(5, &writer)
            writer.text(suggestedName)
        }
    }

    fileprivate init(from reader: inout CBORReader, _ map: inout IntegerMapReader) throws {
        try map.require(0, &reader)
        key = try reader.identifier32()
        if try map.take(1, &reader) {
            grant = .user(try reader.role())
        } else {
            try map.require(2, &reader)
            grant = .device(try reader.identifier16())
        }
        try map.require(3, &reader)
        expiryMilliseconds = try reader.integer()
        try map.require(4, &reader)
        useCount = try reader.unsigned()
        suggestedName = try map.take(5, &reader) ? try reader.string() : nil
    }
}

extension Join {
    fileprivate init(from reader: inout CBORReader, _ map: inout IntegerMapReader) throws {
        try map.require(0, &reader)
        invitation = try reader.identifier32()
        try map.require(1, &reader)
        userName = try reader.string()
        try map.require(2, &reader)
        deviceName = try reader.string()
        try map.require(3, &reader)
        invitationSignature = try reader.signature()
    }
}

extension RoleChange {
    fileprivate init(from reader: inout CBORReader, _ map: inout IntegerMapReader) throws {
        try map.require(0, &reader)
        user = try reader.identifier16()
        try map.require(1, &reader)
        role = try reader.role()
    }
}

extension DeviceAdd {
    fileprivate init(from reader: inout CBORReader, _ map: inout IntegerMapReader) throws {
        try map.require(0, &reader)
        invitation = try reader.identifier32()
        try map.require(1, &reader)
        deviceName = try reader.string()
        try map.require(2, &reader)
        invitationSignature = try reader.signature()
        try map.require(3, &reader)
        endorsement = try Endorsement(from: &reader)
    }
}

extension Endorsement {
    func encode(into writer: inout CBORWriter) {
        writer.array(2)
        writer.identifier(device)
        writer.bytes(signature.bytes)
    }

    init(from reader: inout CBORReader) throws {
        try reader.array(exactly: 2)
        device = try reader.identifier32()
        signature = try reader.signature()
    }
}

extension CBORWriter {
    mutating func hubKeys(_ keys: [DeviceKey]) {
        array(keys.count)
        for key in keys { identifier(key) }
    }
}

extension CBORReader {
    /// Reads a hub's keys, which are sorted and distinct.
    mutating func hubKeys() throws(CBORError) -> [DeviceKey] {
        let start = offset
        let count = try array(atMost: MemberLimits.hubKeyCountMax)
        var keys: [DeviceKey] = []
        for _ in 0..<count { keys.append(try identifier32()) }
        guard zip(keys, keys.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw CBORError(
                code: .unsortedKeys,
                offset: start,
                message: "a hub's keys are not sorted and distinct"
            )
        }
        return keys
    }

    mutating func role() throws -> Role {
        let number = try unsigned()
        guard let role = UInt8(exactly: number).flatMap(Role.init(rawValue:)) else {
            throw MembershipError(
                .unknownKind,
                "The role \(number) is not known to this galley; install a newer one."
            )
        }
        return role
    }

    mutating func signature() throws(CBORError) -> SignatureBytes {
        let start = offset
        guard let signature = SignatureBytes(try bytes(exactly: 64)) else {
            throw CBORError(code: .wrongCount, offset: start, message: "a signature has 64 bytes")
        }
        return signature
    }
}
