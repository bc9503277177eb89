import COpenSSL

/// The shell TLS wants around a raw key: the smallest X.509 certificate that carries it.
///
/// OpenSSL 3.0 knows no raw public keys (RFC 7250). Names are empty and the dates are fixed, as
/// nobody looks at them: a peer compares the 32 bytes of the key and nothing else. So a certificate
/// is a function of the key, needs no clock, and is never stored.
enum TLSCertificate {
    /// A certificate of `key`, signed by it, for the caller to free.
    static func make(for key: OpaquePointer) throws(SocketError) -> OpaquePointer {
        guard let certificate = unsafe X509_new() else { throw failure }
        let serial = unsafe X509_get_serialNumber(certificate)
        guard unsafe X509_set_version(certificate, 2) == 1,
            unsafe ASN1_INTEGER_set(serial, 1) == 1,
            unsafe ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z") == 1,
            unsafe ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") == 1,
            unsafe X509_set_pubkey(certificate, key) == 1,
            // Ed25519 signs the whole at once: no digest. The result is the signature's size.
            unsafe X509_sign(certificate, key, nil) > 0
        else {
            unsafe X509_free(certificate)
            throw failure
        }
        return unsafe certificate
    }

    private static var failure: SocketError {
        SocketError(.system, "OpenSSL cannot make a certificate of the device key.")
    }
}
