import CBOR
import Signing

/// A COSE_Sign1 message (RFC 9052) in the one form that galley writes and takes.
///
///     18([
///         << {1: -8, 16: "galley/1/…"} >>,    protected: EdDSA, and what the payload is
///         {},                                 unprotected: nothing
///         payload,                            a byte string, itself deterministic CBOR
///         signature                           64 bytes
///     ])
///
/// The signature is over the Sig_structure `["Signature1", protected, h'', payload]`, whose SHA-256
/// is the message's identity; the signature is no part of it.
struct SignedMessage: Sendable {
    /// What a payload is.
    enum Kind: String, Sendable {
        case change = "galley/1/change"
        case member = "galley/1/member"
        case head = "galley/1/head"
    }

    /// The whole message.
    let bytes: [UInt8]
    /// The payload, a part of `bytes`.
    let payload: ArraySlice<UInt8>
    /// The signature, a part of `bytes`.
    let signature: ArraySlice<UInt8>

    /// Takes a message of `kind` apart; `payloadSizeMax` is checked before anything is copied.
    init(
        decoding bytes: [UInt8],
        _ kind: Kind,
        payloadSizeMax: Int,
        what: String
    ) throws(MembershipError) {
        let head = Self.heads(of: kind).message
        // The head is 4 bytes of array and map around a payload's and a signature's heads.
        guard bytes.count <= payloadSizeMax + head.count + 72 else {
            throw MembershipError(
                .tooLarge,
                "\(what) has \(bytes.count) bytes; its content may have \(payloadSizeMax) at most."
            )
        }
        guard bytes.starts(with: head) else {
            throw MembershipError(
                .malformed,
                "\(what) does not begin as a signed message of type \(kind.rawValue) does."
            )
        }
        var reader = CBORReader(bytes[head.count...])
        (payload, signature) = try decoding(what) {
            let payload = try reader.byteSlice()
            let signature = try reader.bytes(exactly: PublicKey.signatureByteCount)
            try reader.finish()
            return (payload, signature)
        }
        guard payload.count <= payloadSizeMax else {
            throw MembershipError(
                .tooLarge,
                "\(what) has \(payload.count) bytes of content; \(payloadSizeMax) are the limit."
            )
        }
        self.bytes = bytes
    }

    /// Puts a message together from a payload and its signature.
    init(_ kind: Kind, payload: [UInt8], signature: [UInt8]) {
        let head = Self.heads(of: kind).message
        var writer = CBORWriter(capacity: head.count + payload.count + 72)
        writer.encoded(head)
        writer.bytes(payload)
        let payloadEnd = writer.bytes.count
        writer.bytes(signature)
        bytes = writer.bytes
        self.payload = bytes[(payloadEnd - payload.count)..<payloadEnd]
        self.signature = bytes.suffix(signature.count)
    }

    /// Signs `payload`.
    init(_ kind: Kind, payload: [UInt8], signedBy key: PrivateKey) {
        let structure = Self.signatureStructure(kind, payload: payload[...])
        self.init(kind, payload: payload, signature: key.signature(for: structure))
    }

    /// What is signed, and whose SHA-256 is the message's identity.
    static func signatureStructure(_ kind: Kind, payload: ArraySlice<UInt8>) -> [UInt8] {
        let head = heads(of: kind).structure
        var writer = CBORWriter(capacity: head.count + payload.count + 5)
        writer.encoded(head)
        writer.bytes(payload)
        return writer.bytes
    }

    /// What stands before the payload in the message and in the Sig_structure.
    private struct Heads: Sendable {
        let message: [UInt8]
        let structure: [UInt8]

        init(_ kind: Kind) {
            var protected = CBORWriter()
            var map = protected.integerMap()
            map.key(1, &protected)
            protected.integer(-8)
            map.key(16, &protected)
            protected.text(kind.rawValue)
            map.end(&protected)

            var message = CBORWriter()
            message.tag(18)
            message.array(4)
            message.bytes(protected.bytes)
            message.map(0)
            self.message = message.bytes

            var structure = CBORWriter()
            structure.array(4)
            structure.text("Signature1")
            structure.bytes(protected.bytes)
            structure.bytes([])
            self.structure = structure.bytes
        }
    }

    private static let change = Heads(.change)
    private static let member = Heads(.member)
    private static let head = Heads(.head)

    private static func heads(of kind: Kind) -> Heads {
        switch kind {
        case .change: change
        case .member: member
        case .head: head
        }
    }
}
