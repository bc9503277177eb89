public import ArticleModel
import CBOR
import Signing

/// An entry of the membership log with its author's signature, read but not verified.
///
/// The payload of the COSE_Sign1 message is a map with integer keys:
///
///     0  version     unsigned, 0
///     1  kind        unsigned
///     2  library     32 bytes; absent in genesis, whose id it is
///     3  sequence    unsigned
///     4  previous    32 bytes; absent in genesis
///     5  author      32 bytes, the device whose key signs
///     6  time        integer, milliseconds since 1970
///     7  content     a map, by kind
public struct MembershipRecord: Sendable {
    /// The version that is written, and the only one that is read.
    public static let currentVersion: UInt64 = 0

    /// The COSE_Sign1 message.
    public let bytes: [UInt8]
    /// SHA-256 of the Sig_structure.
    public let id: MemberRecordID
    /// The library; nil in genesis, whose id is the library's.
    public let library: LibraryID?
    /// The place in the log, dense from 0.
    public let sequence: UInt64
    /// The record before it; nil in genesis.
    public let previous: MemberRecordID?
    /// The device that signs it.
    public let author: DeviceKey
    /// When it was made, by the clock of its device; decides nothing.
    public let timeMilliseconds: Int64
    /// What it does.
    public let content: RecordContent

    private let message: SignedMessage

    /// Reads a COSE_Sign1 message and checks all that can be seen in it alone but its signatures.
    public init(decoding bytes: [UInt8]) throws(MembershipError) {
        try self.init(decoding: bytes, knownID: nil)
    }

    /// Reads a message whose id was found and kept before: saves the digest.
    public init(decoding bytes: [UInt8], knownID: MemberRecordID?) throws(MembershipError) {
        let what = "A membership record"
        let message = try SignedMessage(
            decoding: bytes,
            .member,
            payloadSizeMax: MemberLimits.recordSizeMax,
            what: what
        )
        let payload = try decoding(what) {
            var reader = CBORReader(message.payload)
            let payload = try RecordPayload(from: &reader)
            try reader.finish()
            return payload
        }
        try payload.validate()
        self.init(message: message, payload: payload, knownID: knownID)
    }

    init(signing payload: RecordPayload, with key: PrivateKey) throws(MembershipError) {
        try payload.validate()
        let message = SignedMessage(.member, payload: payload.encoded(), signedBy: key)
        self.init(message: message, payload: payload, knownID: nil)
    }

    private init(message: SignedMessage, payload: RecordPayload, knownID: MemberRecordID?) {
        self.message = message
        bytes = message.bytes
        id =
            knownID
            ?? MemberRecordID(
                digest: SHA256.hash(
                    SignedMessage.signatureStructure(.member, payload: message.payload)
                )
            )
        library = payload.library
        sequence = payload.sequence
        previous = payload.previous
        author = payload.author
        timeMilliseconds = payload.timeMilliseconds
        content = payload.content
    }

    /// The 64 bytes of the author's signature.
    public var signature: [UInt8] { Array(message.signature) }

    /// What is signed: the COSE Sig_structure.
    public var signatureStructure: [UInt8] {
        SignedMessage.signatureStructure(.member, payload: message.payload)
    }

    /// Verifies the author's signature.
    func checkSignature() throws(MembershipError) {
        guard try author.publicKey().isValidSignature(signature, for: signatureStructure) else {
            throw MembershipError(
                .badSignature,
                "The signature of membership record \(sequence) does not hold for device"
                    + " \(author.handle). It was altered or forged; get it from somebody else."
            )
        }
    }
}

extension MembershipRecord: Hashable {
    /// Equal by bytes.
    public static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    /// Hashes the id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// What a record's signature is over.
struct RecordPayload {
    var library: LibraryID?
    var sequence: UInt64
    var previous: MemberRecordID?
    var author: DeviceKey
    var timeMilliseconds: Int64
    var content: RecordContent

    init(
        library: LibraryID?,
        sequence: UInt64,
        previous: MemberRecordID?,
        author: DeviceKey,
        timeMilliseconds: Int64,
        content: RecordContent
    ) {
        self.library = library
        self.sequence = sequence
        self.previous = previous
        self.author = author
        self.timeMilliseconds = timeMilliseconds
        self.content = content
    }

    init(from reader: inout CBORReader) throws {
        var map = try reader.integerMap()
        try map.require(0, &reader)
        let version = try reader.unsigned()
        guard version == MembershipRecord.currentVersion else {
            throw MembershipError(
                .unknownVersion,
                "A membership record has version \(version), which this galley does not know;"
                    + " install a newer one."
            )
        }
        try map.require(1, &reader)
        let kind = try reader.unsigned()
        library = try map.take(2, &reader) ? try reader.identifier32() : nil
        try map.require(3, &reader)
        sequence = try reader.count()
        previous = try map.take(4, &reader) ? try reader.identifier32() : nil
        try map.require(5, &reader)
        author = try reader.identifier32()
        try map.require(6, &reader)
        timeMilliseconds = try reader.integer()
        try map.require(7, &reader)
        content = try RecordContent(kind: kind, from: &reader)
        try map.end(&reader)
    }

    func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: 512)
        var map = writer.integerMap()
        map.key(0, &writer)
        writer.unsigned(MembershipRecord.currentVersion)
        map.key(1, &writer)
        writer.unsigned(content.kind)
        if let library {
            map.key(2, &writer)
            writer.identifier(library)
        }
        map.key(3, &writer)
        writer.unsigned(sequence)
        if let previous {
            map.key(4, &writer)
            writer.identifier(previous)
        }
        map.key(5, &writer)
        writer.identifier(author)
        map.key(6, &writer)
        writer.integer(timeMilliseconds)
        map.key(7, &writer)
        content.encode(into: &writer)
        map.end(&writer)
        return writer.bytes
    }

    /// Checks all that can be seen in a record alone.
    func validate() throws(MembershipError) {
        let isGenesis = if case .genesis = content { true } else { false }
        guard (sequence == 0) == isGenesis, (previous == nil) == isGenesis,
            (library == nil) == isGenesis
        else {
            throw MembershipError(
                .genesisMisplaced,
                "A library's first record begins it and is the only one to do so; record"
                    + " \(sequence) breaks that."
            )
        }
        try content.validate()
    }
}
