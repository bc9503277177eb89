import COpenSSL

/// Memory that OpenSSL writes PEM into.
enum PEMBuffer {
    /// What `write` puts out; it returns 1 where it could.
    static func text(_ write: (OpaquePointer) -> Int32) -> [UInt8] {
        guard let bio = unsafe BIO_new(BIO_s_secmem()) else { fatalError("memory ran out") }
        defer { unsafe BIO_free_all(bio) }
        guard unsafe write(bio) == 1 else { fatalError("OpenSSL cannot write PEM") }
        var bytes = [UInt8](repeating: 0, count: 4096)
        var count = 0
        guard unsafe BIO_read_ex(bio, &bytes, bytes.count, &count) == 1, count < bytes.count else {
            fatalError("a key in PEM is longer than 4 KiB")
        }
        return Array(bytes[..<count])
    }
}
