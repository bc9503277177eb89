import COpenSSL
import Foundation
import Glibc
import Signing

/// A peer with other settings than ours, made of OpenSSL alone; every call blocks.
@safe
final class StrangePeer {
    enum Key {
        case none
        case ed25519
        case rsa
        case ellipticCurve
    }

    struct Settings {
        var key = Key.ed25519
        /// The secret of an Ed25519 key; made up where there is none.
        var seed: [UInt8]?
        var isServer = false
        var versionMax = TLS1_3_VERSION
        /// As ALPN writes it, or nil for no such extension.
        var applicationProtocol: [UInt8]? = [8] + Array("galley/1".utf8)
        /// A server that refuses every certificate.
        var refusesPeer = false
    }

    private let context: OpaquePointer
    private let session: OpaquePointer
    private let socket: RawSocket

    init(over socket: RawSocket, _ settings: Settings) {
        self.socket = socket
        let method = unsafe settings.isServer ? TLS_server_method() : TLS_client_method()
        unsafe context = SSL_CTX_new(method)
        unsafe SSL_CTX_ctrl(
            context,
            SSL_CTRL_SET_MAX_PROTO_VERSION,
            Int(settings.versionMax),
            nil
        )
        if let key = unsafe Self.makeKey(settings.key, seed: settings.seed) {
            let certificate = unsafe Self.makeCertificate(key)
            unsafe SSL_CTX_use_certificate(context, certificate)
            unsafe SSL_CTX_use_PrivateKey(context, key)
            unsafe X509_free(certificate)
            unsafe EVP_PKEY_free(key)
        }
        if let name = settings.applicationProtocol {
            if settings.isServer {
                unsafe SSL_CTX_set_alpn_select_cb(
                    context,
                    { _, selected, count, offer, _, _ in
                        // Takes whatever is offered first.
                        unsafe selected?.pointee = offer?.advanced(by: 1)
                        unsafe count?.pointee = offer?.pointee ?? 0
                        return SSL_TLSEXT_ERR_OK
                    },
                    nil
                )
            } else {
                unsafe SSL_CTX_set_alpn_protos(context, name, UInt32(name.count))
            }
        }
        unsafe SSL_CTX_set_verify(
            context,
            settings.isServer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
            nil
        )
        if settings.refusesPeer {
            unsafe SSL_CTX_set_cert_verify_callback(context, { _, _ in 0 }, nil)
        } else {
            unsafe SSL_CTX_set_cert_verify_callback(context, { _, _ in 1 }, nil)
        }
        unsafe session = SSL_new(context)
        unsafe SSL_set_fd(session, socket.number)
        if settings.isServer {
            unsafe SSL_set_accept_state(session)
        } else {
            unsafe SSL_set_connect_state(session)
        }
    }

    deinit {
        unsafe SSL_free(session)
        unsafe SSL_CTX_free(context)
    }

    /// Whether the handshake ended well on this side.
    func handshake() -> Bool {
        signal(SIGPIPE, SIG_IGN)
        return unsafe SSL_do_handshake(session) == 1
    }

    func send(_ bytes: [UInt8]) -> Bool {
        unsafe SSL_write(session, bytes, Int32(bytes.count)) == bytes.count
    }

    /// What came; nil where the connection ended or failed.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = unsafe SSL_read(session, &buffer, Int32(buffer.count))
        return count > 0 ? Array(buffer[..<Int(count)]) : nil
    }

    private static func makeKey(_ kind: Key, seed: [UInt8]?) -> OpaquePointer? {
        switch kind {
        case .none: return unsafe OpaquePointer?.none
        case .ed25519:
            let seed = seed ?? PrivateKey.generate().seed
            return unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, 32)
        case .rsa:
            let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
            defer { unsafe EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            unsafe EVP_PKEY_keygen_init(context)
            unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048)
            unsafe EVP_PKEY_keygen(context, &key)
            return unsafe key
        case .ellipticCurve:
            let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
            defer { unsafe EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            unsafe EVP_PKEY_keygen_init(context)
            unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1)
            unsafe EVP_PKEY_keygen(context, &key)
            return unsafe key
        }
    }

    private static func makeCertificate(_ key: OpaquePointer) -> OpaquePointer? {
        let certificate = unsafe X509_new()
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z")
        unsafe ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z")
        unsafe X509_set_pubkey(certificate, key)
        let digest = unsafe EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 ? nil : EVP_sha256()
        unsafe X509_sign(certificate, key, digest)
        return unsafe certificate
    }
}
