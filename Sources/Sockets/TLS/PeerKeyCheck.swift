import COpenSSL
import Signing

/// Decides by the peer's raw Ed25519 key whether a handshake goes on.
///
/// OpenSSL hands the certificate to ``verify`` instead of checking a chain; names and dates are
/// ignored. One check belongs to one client connection, or to all connections of a hub.
package final class PeerKeyCheck {
    /// The key taken, or nil where any sound Ed25519 key is.
    let expected: [UInt8]?
    /// Further keys that are taken beside it.
    let others: [[UInt8]]
    /// The key the peer showed, kept for the error text of a client.
    private(set) var received: [UInt8]?

    init(expected: [UInt8]?, others: [[UInt8]] = []) {
        self.expected = expected
        self.others = others
    }

    /// What OpenSSL calls on either side; the argument is the check.
    static func install(_ check: PeerKeyCheck, in context: OpaquePointer) {
        unsafe SSL_CTX_set_cert_verify_callback(
            context,
            { store, argument in
                guard let argument = unsafe argument, let store = unsafe store else { return 0 }
                let check = unsafe Unmanaged<PeerKeyCheck>.fromOpaque(argument)
                    .takeUnretainedValue()
                let verdict = unsafe check.verdict(on: X509_STORE_CTX_get0_cert(store))
                unsafe X509_STORE_CTX_set_error(store, verdict)
                return verdict == X509_V_OK ? 1 : 0
            },
            // Not retained: the owner of the context keeps the check as long as the context.
            Unmanaged.passUnretained(check).toOpaque()
        )
    }

    func verdict(on certificate: OpaquePointer?) -> Int32 {
        guard let certificate = unsafe certificate,
            let key = unsafe Self.rawKey(of: certificate)
        else { return X509_V_ERR_INVALID_PURPOSE }
        if let expected {
            received = key
            // Public keys are no secret, but a constant-time comparison costs nothing.
            let isEqual = ([expected] + others).contains { one in
                unsafe one.count == key.count && CRYPTO_memcmp(one, key, key.count) == 0
            }
            return isEqual ? X509_V_OK : X509_V_ERR_CERT_REJECTED
        }
        return Self.isUsable(key) ? X509_V_OK : X509_V_ERR_INVALID_PURPOSE
    }

    /// Whether a key names one device: one of small order would fit any signature.
    package static func isUsable(_ key: [UInt8]) -> Bool { (try? PublicKey(key)) != nil }

    /// The 32 bytes of a certificate's Ed25519 key, or nil where its key is of another kind.
    static func rawKey(of certificate: OpaquePointer) -> [UInt8]? {
        guard let key = unsafe X509_get0_pubkey(certificate),
            unsafe EVP_PKEY_get_id(key) == EVP_PKEY_ED25519
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: PublicKey.byteCount)
        var count = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1,
            count == PublicKey.byteCount
        else { return nil }
        return bytes
    }
}
