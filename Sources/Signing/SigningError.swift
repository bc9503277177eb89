/// Why a key or a signature cannot be used.
public struct SigningError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What to decide by.
    public enum Code: Hashable, Sendable {
        /// A key of another length than 32 bytes.
        case wrongKeyLength
        /// A public key that is one of the eight points of small order: every signature would hold.
        case smallOrderKey
        /// A public key in another encoding than the one RFC 8032 gives its point.
        case nonCanonicalKey
        /// A file that holds no Ed25519 private key in PKCS#8 PEM.
        case unreadableKey
        /// The private key is encrypted and no passphrase was given.
        case passphraseRequired
        /// The private key cannot be decrypted with the passphrase given.
        case wrongPassphrase
        /// OpenSSL failed where it never should: memory ran out, or it was built without Ed25519.
        case libraryFailure
    }

    /// What to decide by.
    public let code: Code
    /// What, why and what to do, for a person.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
