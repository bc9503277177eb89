public import ArticleModel
public import Signing

/// A change set's header with its signature, read but not verified.
public struct SignedChangeSet: Sendable {
    /// Passed from hand to hand by the thousand: one reference is copied, not all parts.
    @usableFromInline let parts: Parts

    @usableFromInline
    final class Parts: Sendable {
        @usableFromInline let header: ChangeSetHeader
        @usableFromInline let id: ChangeSetID
        let message: SignedMessage

        init(_ message: SignedMessage, _ header: ChangeSetHeader, _ id: ChangeSetID) {
            self.message = message
            self.header = header
            self.id = id
        }
    }

    /// The COSE_Sign1 message.
    public var bytes: [UInt8] { parts.message.bytes }
    /// What the message says.
    @inlinable public var header: ChangeSetHeader { _read { yield parts.header } }
    /// SHA-256 of the Sig_structure.
    @inlinable public var id: ChangeSetID { parts.id }

    private var message: SignedMessage { parts.message }

    /// Reads a COSE_Sign1 message and checks all that can be seen in it alone but its signature.
    public init(decoding bytes: [UInt8]) throws(MembershipError) {
        try self.init(decoding: bytes, knownID: nil)
    }

    /// Reads a message whose id was found and kept before: saves the digest.
    public init(decoding bytes: [UInt8], knownID: ChangeSetID?) throws(MembershipError) {
        let message = try SignedMessage(
            decoding: bytes,
            .change,
            payloadSizeMax: Limits.headerSizeMax,
            what: "A change set"
        )
        parts = Parts(
            message,
            try ChangeSetHeader(decoding: message.payload),
            knownID ?? Self.id(ofPayload: message.payload)
        )
    }

    /// Puts a header that was built anew and its signature together.
    ///
    /// Whether the parts belong together shows when the signature is verified, or by the id.
    public init(header: ChangeSetHeader, signature: [UInt8]) throws(MembershipError) {
        guard signature.count == PublicKey.signatureByteCount else {
            throw MembershipError(.malformed, "A signature has 64 bytes, not \(signature.count).")
        }
        try header.validate()
        let payload = header.encoded()
        try Self.checkSize(of: payload)
        self.init(
            message: SignedMessage(.change, payload: payload, signature: signature),
            header: header
        )
    }

    fileprivate init(message: SignedMessage, header: ChangeSetHeader) {
        parts = Parts(message, header, Self.id(ofPayload: message.payload))
    }

    /// The 64 bytes of the signature.
    public var signature: [UInt8] { Array(message.signature) }

    /// What is signed: the COSE Sig_structure.
    public var signatureStructure: [UInt8] {
        SignedMessage.signatureStructure(.change, payload: message.payload)
    }

    fileprivate static func checkSize(of payload: [UInt8]) throws(MembershipError) {
        guard payload.count <= Limits.headerSizeMax else {
            throw MembershipError(
                .tooLarge,
                "A change set's header has \(payload.count) bytes;"
                    + " \(Limits.headerSizeMax) are the limit. Make several change sets of it."
            )
        }
    }

    private static func id(ofPayload payload: ArraySlice<UInt8>) -> ChangeSetID {
        ChangeSetID(
            digest: SHA256.hash(SignedMessage.signatureStructure(.change, payload: payload))
        )
    }
}

extension SignedChangeSet: Hashable {
    /// Equal by bytes.
    public static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    /// Hashes the id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension ChangeSetHeader {
    /// Checks and signs the header; `key` is the chain's device's.
    public func signed(with key: PrivateKey) throws(MembershipError) -> VerifiedChangeSet {
        try validate()
        let device = try DeviceKey(key.publicKey)
        if let opening {
            guard opening.device == device else {
                throw MembershipError(
                    .badKey,
                    "A chain is opened by the device whose chain it is, with its own key."
                )
            }
        }
        let payload = encoded()
        try SignedChangeSet.checkSize(of: payload)
        let message = SignedMessage(.change, payload: payload, signedBy: key)
        return VerifiedChangeSet(
            SignedChangeSet(message: message, header: self),
            device: device,
            proof: .ownSignature
        )
    }
}

extension DeviceKey {
    /// The device that `key` is the key of.
    public init(_ key: PublicKey) throws(MembershipError) {
        guard let value = Self(key.bytes) else {
            throw MembershipError(.badKey, "A device's key has 32 bytes.")
        }
        self = value
    }

    /// The key to verify with; refused where it is unfit for that.
    public func publicKey() throws(MembershipError) -> PublicKey {
        do {
            return try PublicKey(bytes)
        } catch {
            throw MembershipError(.badKey, error.message)
        }
    }
}
