import COpenSSL
package import Signing

extension PeerKeyCheck {
    /// The key of a certificate in DER if a handshake that shows it would go on, nil otherwise;
    /// `pinned` is the only key taken, or nil where any sound one is.
    package static func keyTaken(fromDER bytes: [UInt8], pinned: [UInt8]?) -> [UInt8]? {
        defer { ERR_clear_error() }
        let parsed = unsafe bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return unsafe d2i_X509(nil, &start, buffer.count)
        }
        guard let certificate = unsafe parsed else { return nil }
        defer { unsafe X509_free(certificate) }
        let check = PeerKeyCheck(expected: pinned)
        guard unsafe check.verdict(on: certificate) == X509_V_OK else { return nil }
        return unsafe rawKey(of: certificate)
    }

    /// The certificate that the owner of `key` shows, in DER.
    package static func certificateInDER(of key: PrivateKey) throws(SocketError) -> [UInt8] {
        var made: [UInt8]?
        unsafe key.withEVPKey { pointer in
            guard let certificate = try? unsafe TLSCertificate.make(for: pointer) else { return }
            defer { unsafe X509_free(certificate) }
            var buffer: UnsafeMutablePointer<UInt8>?
            let count = unsafe i2d_X509(certificate, &buffer)
            guard count > 0, let start = unsafe buffer else { return }
            made = unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
            unsafe CRYPTO_free(start, #file, #line)
        }
        guard let made else {
            throw SocketError(.system, "OpenSSL cannot write a certificate of the device key.")
        }
        return made
    }
}
