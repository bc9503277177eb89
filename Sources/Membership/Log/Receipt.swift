public import ArticleModel
import CBOR
public import Signing

/// The hub's word that a membership record has its place in the log.
///
/// A COSE_Sign1 message of type `galley/1/head` over `{0: library, 1: sequence, 2: record id}`.
public struct Receipt: Hashable, Sendable {
    /// The COSE_Sign1 message.
    public let bytes: [UInt8]
    /// The library.
    public let library: LibraryID
    /// The record's place.
    public let sequence: UInt64
    /// The record.
    public let id: MemberRecordID

    /// Reads a receipt; who signed it is found when the log checks it.
    public init(decoding bytes: [UInt8]) throws(MembershipError) {
        let what = "A hub's receipt"
        let message = try Self.message(bytes)
        (library, sequence, id) = try decoding(what) {
            var reader = CBORReader(message.payload)
            var map = try reader.integerMap()
            try map.require(0, &reader)
            let library: LibraryID = try reader.identifier32()
            try map.require(1, &reader)
            let sequence = try reader.count()
            try map.require(2, &reader)
            let id: MemberRecordID = try reader.identifier32()
            try map.end(&reader)
            try reader.finish()
            return (library, sequence, id)
        }
        self.bytes = bytes
    }

    /// Signs for the record `id` at `sequence` with a key of the hub.
    public init(library: LibraryID, sequence: UInt64, id: MemberRecordID, signedBy key: PrivateKey)
    {
        var writer = CBORWriter(capacity: 80)
        var map = writer.integerMap()
        map.key(0, &writer)
        writer.identifier(library)
        map.key(1, &writer)
        writer.unsigned(sequence)
        map.key(2, &writer)
        writer.identifier(id)
        map.end(&writer)
        bytes = SignedMessage(.head, payload: writer.bytes, signedBy: key).bytes
        self.library = library
        self.sequence = sequence
        self.id = id
    }

    /// Whether one of `keys` signed it.
    public func isSigned(byOneOf keys: [DeviceKey]) -> Bool {
        // The bytes were read once already, or written here.
        guard let message = try? Self.message(bytes) else { return false }
        let structure = SignedMessage.signatureStructure(.head, payload: message.payload)
        let signature = Array(message.signature)
        return keys.contains { key in
            // A key that is unfit to verify with has signed nothing.
            guard let key = try? key.publicKey() else { return false }
            return key.isValidSignature(signature, for: structure)
        }
    }

    private static func message(_ bytes: [UInt8]) throws(MembershipError) -> SignedMessage {
        try SignedMessage(
            decoding: bytes,
            .head,
            payloadSizeMax: MemberLimits.receiptSizeMax,
            what: "A hub's receipt"
        )
    }
}
