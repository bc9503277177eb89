import COpenSSL

/// An Ed25519 public key (RFC 8032) that is fit to verify with.
///
/// Points of small order and encodings that are not a point's own are refused. Copies share
/// OpenSSL's form of the key: keep a key rather than making it again for each signature.
@safe
public struct PublicKey: Sendable {
    /// Bytes of a key.
    public static let byteCount = 32
    /// Bytes of a signature.
    public static let signatureByteCount = 64

    /// The 32 bytes.
    public let bytes: [UInt8]
    private let handle: KeyHandle

    /// Takes the 32 bytes of a key.
    public init(_ bytes: some Collection<UInt8>) throws(SigningError) {
        let bytes = Array(bytes)
        guard bytes.count == Self.byteCount else {
            throw SigningError(
                .wrongKeyLength,
                "A public key has \(Self.byteCount) bytes, not \(bytes.count)."
            )
        }
        switch PointEncoding.fault(of: bytes[...]) {
        case .nonCanonical:
            throw SigningError(
                .nonCanonicalKey,
                "The public key is not encoded as RFC 8032 says; do not trust who gave it."
            )
        case .smallOrder:
            throw SigningError(
                .smallOrderKey,
                "The public key is a point of small order, for which anybody can make signatures;"
                    + " do not trust who gave it."
            )
        case nil:
            break
        }
        guard
            let pointer = unsafe EVP_PKEY_new_raw_public_key(
                EVP_PKEY_ED25519,
                nil,
                bytes,
                bytes.count
            )
        else {
            OpenSSL.forgetErrors()
            throw SigningError(.libraryFailure, "OpenSSL takes no Ed25519 public key.")
        }
        self.bytes = bytes
        unsafe handle = KeyHandle(owning: pointer)
    }

    /// Whether `signature` is one of `message` by this key.
    ///
    /// Without the cofactor, S below L; an R of small order or in another encoding than its own is
    /// refused.
    public func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == Self.signatureByteCount else { return false }
        if StandInSignatures.areUsed {
            return signature == StandInSignatures.signature(of: bytes, for: message)
        }
        guard PointEncoding.fault(of: signature[..<32]) == nil else { return false }
        guard PointEncoding.isReducedScalar(signature[32...]) else { return false }
        guard let context = unsafe EVP_MD_CTX_new() else {
            fatalError("memory ran out while a signature was verified")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, handle.pointer) == 1 else {
            fatalError("OpenSSL cannot verify with Ed25519")
        }
        let result = unsafe EVP_DigestVerify(
            context,
            signature,
            signature.count,
            message,
            message.count
        )
        if result != 1 { OpenSSL.forgetErrors() }
        return result == 1
    }

    /// The key as `SubjectPublicKeyInfo` in PEM, as `openssl pkey -pubin` reads it.
    public var pem: [UInt8] {
        unsafe PEMBuffer.text { bio in unsafe PEM_write_bio_PUBKEY(bio, handle.pointer) }
    }

    /// Lends OpenSSL's form of the key to the TLS wrapper.
    package func withEVPKey<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        try unsafe body(handle.pointer)
    }
}

extension PublicKey: Hashable {
    /// Equal by bytes.
    public static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
