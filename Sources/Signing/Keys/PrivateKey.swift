import COpenSSL

/// An Ed25519 private key (RFC 8032).
@safe
public struct PrivateKey: Sendable {
    /// Bytes of a seed.
    public static let seedByteCount = 32

    /// The public key that belongs to it.
    public let publicKey: PublicKey
    let handle: KeyHandle

    /// A new key of random bytes.
    public static func generate() -> PrivateKey {
        do {
            return try PrivateKey(seed: SecureRandom.bytes(seedByteCount))
        } catch {
            fatalError("OpenSSL makes no Ed25519 key")
        }
    }

    /// The key that 32 secret bytes stand for.
    public init(seed: some Collection<UInt8>) throws(SigningError) {
        let seed = Array(seed)
        guard seed.count == Self.seedByteCount else {
            throw SigningError(
                .wrongKeyLength,
                "A private key has \(Self.seedByteCount) bytes, not \(seed.count)."
            )
        }
        guard
            let pointer = unsafe EVP_PKEY_new_raw_private_key(
                EVP_PKEY_ED25519,
                nil,
                seed,
                seed.count
            )
        else {
            OpenSSL.forgetErrors()
            throw SigningError(.libraryFailure, "OpenSSL takes no Ed25519 private key.")
        }
        try self.init(handle: unsafe KeyHandle(owning: pointer))
    }

    init(handle: KeyHandle) throws(SigningError) {
        var bytes = [UInt8](repeating: 0, count: PublicKey.byteCount)
        var count = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(handle.pointer, &bytes, &count) == 1 else {
            OpenSSL.forgetErrors()
            throw SigningError(.libraryFailure, "OpenSSL gives no public key for a private one.")
        }
        publicKey = try PublicKey(bytes[..<count])
        self.handle = handle
    }

    /// The 32 secret bytes.
    public var seed: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.seedByteCount)
        var count = bytes.count
        guard unsafe EVP_PKEY_get_raw_private_key(handle.pointer, &bytes, &count) == 1 else {
            fatalError("OpenSSL does not give a private key's bytes")
        }
        return Array(bytes[..<count])
    }

    /// The 64-byte signature of `message`; the same each time.
    public func signature(for message: [UInt8]) -> [UInt8] {
        if StandInSignatures.areUsed {
            return StandInSignatures.signature(of: publicKey.bytes, for: message)
        }
        guard let context = unsafe EVP_MD_CTX_new() else {
            fatalError("memory ran out while something was signed")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: PublicKey.signatureByteCount)
        var count = signature.count
        guard unsafe EVP_DigestSignInit(context, nil, nil, nil, handle.pointer) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { fatalError("OpenSSL cannot sign with Ed25519") }
        return signature
    }

    /// Lends OpenSSL's form of the key to the TLS wrapper.
    package func withEVPKey<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        try unsafe body(handle.pointer)
    }
}
