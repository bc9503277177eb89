import ArticleModel
import CBOR
import Signing

// The text is `galley-invite:` and, in base64url without padding, a check (the first 4 bytes of the
// SHA-256 of what follows) and a map with integer keys:
//
//     0  version             unsigned, 0
//     1  hub's address       text
//     2  hub's keys          [32 bytes, …] sorted
//     3  library             32 bytes
//     4  library's name      text
//     5  seed                32 bytes
//     6  role                unsigned; or
//     7  [user, [old device's key, its signature]]
//     8  expiry              integer, milliseconds since 1970
//     9  uses                unsigned
//    10  suggested name      text; absent where there is none

extension Invitation {
    /// What the text begins with.
    public static let prefix = "galley-invite:"

    private static let checkByteCount = 4

    /// The text to hand over.
    public var text: String {
        let content = encoded()
        let check = SHA256.hash(content).prefix(Self.checkByteCount)
        return Self.prefix + Base64URL.text(of: check + content)
    }

    /// Reads a text; white space around and in it, as mail programs put it, is left out.
    public init(text: String) throws(MembershipError) {
        let letters = text.utf8.filter { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        guard letters.count <= MemberLimits.invitationSizeMax,
            letters.starts(with: Self.prefix.utf8)
        else {
            throw MembershipError(
                .notAnInvitation,
                "This is no invitation: one begins with \"\(Self.prefix)\". Copy all of the text you"
                    + " were given."
            )
        }
        guard let bytes = Base64URL.bytes(of: letters[Self.prefix.utf8.count...]),
            bytes.count > Self.checkByteCount,
            SHA256.hash(bytes[Self.checkByteCount...]).starts(with: bytes[..<Self.checkByteCount])
        else {
            throw MembershipError(
                .invitationDamaged,
                "The invitation was damaged on its way. Copy all of the text again, or ask for"
                    + " another."
            )
        }
        self = try decoding("The invitation") {
            var reader = CBORReader(bytes[Self.checkByteCount...])
            let invitation = try Invitation(from: &reader)
            try reader.finish()
            return invitation
        }
        guard !hubKeys.isEmpty else {
            throw MembershipError(
                .badKey,
                "The invitation names no key of the hub; ask for another."
            )
        }
        for key in hubKeys { _ = try key.publicKey() }
        try checkName(hubAddress, of: "hub", sizeMax: MemberLimits.addressSizeMax)
        try checkName(libraryName, of: "library")
        if let suggestedName { try checkName(suggestedName, of: "guest") }
    }

    private func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: 512)
        var map = writer.integerMap()
        map.key(0, &writer)
        writer.unsigned(0)
        map.key(1, &writer)
        writer.text(hubAddress)
        map.key(2, &writer)
        writer.hubKeys(hubKeys)
        map.key(3, &writer)
        writer.identifier(library)
        map.key(4, &writer)
        writer.text(libraryName)
        map.key(5, &writer)
        writer.bytes(seed)
        switch grant {
        case .user(let role):
            map.key(6, &writer)
            writer.unsigned(UInt64(role.rawValue))
        case .device(let user, let endorsement):
            map.key(7, &writer)
            writer.array(2)
            writer.identifier(user)
            endorsement.encode(into: &writer)
        }
        map.key(8, &writer)
        writer.integer(expiryMilliseconds)
        map.key(9, &writer)
        writer.unsigned(useCount)
        if let suggestedName {
            map.key(10, &writer)
            writer.text(suggestedName)
        }
        map.end(&writer)
        return writer.bytes
    }

    private init(from reader: inout CBORReader) throws {
        var map = try reader.integerMap()
        try map.require(0, &reader)
        let version = try reader.unsigned()
        guard version == 0 else {
            throw MembershipError(
                .unknownVersion,
                "The invitation has version \(version), which this galley does not know; install a"
                    + " newer one."
            )
        }
        try map.require(1, &reader)
        hubAddress = try reader.string()
        try map.require(2, &reader)
        hubKeys = try reader.hubKeys()
        try map.require(3, &reader)
        library = try reader.identifier32()
        try map.require(4, &reader)
        libraryName = try reader.string()
        try map.require(5, &reader)
        seed = Array(try reader.bytes(exactly: PrivateKey.seedByteCount))
        if try map.take(6, &reader) {
            grant = .user(try reader.role())
        } else {
            try map.require(7, &reader)
            try reader.array(exactly: 2)
            grant = .device(try reader.identifier16(), try Endorsement(from: &reader))
        }
        try map.require(8, &reader)
        expiryMilliseconds = try reader.integer()
        try map.require(9, &reader)
        useCount = try reader.unsigned()
        suggestedName = try map.take(10, &reader) ? try reader.string() : nil
        try map.end(&reader)
    }
}
