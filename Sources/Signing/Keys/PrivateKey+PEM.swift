import COpenSSL

// A private key in a file is PKCS#8 in PEM: as `PRIVATE KEY`, or as `ENCRYPTED PRIVATE KEY` with
// PBES2, the key derived by scrypt, the cipher AES-256-CBC. `openssl pkey` reads both.

/// scrypt's cost: 16 MiB, five times over; OpenSSL's default limit of memory lets no greater N.
private enum Scrypt {
    static let n: UInt64 = 1 << 14
    static let r: UInt64 = 8
    static let p: UInt64 = 5
    static let saltByteCount = 16
}

extension PrivateKey {
    /// The longest file that is looked at, in bytes.
    public static let pemByteCountMax = 16 * 1024

    /// The key as PKCS#8 in PEM, encrypted where there is a passphrase.
    public func pem(passphrase: String? = nil) -> [UInt8] {
        guard let info = unsafe EVP_PKEY2PKCS8(handle.pointer) else {
            fatalError("OpenSSL cannot write an Ed25519 key as PKCS#8")
        }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        guard let passphrase else {
            return unsafe PEMBuffer.text { bio in
                unsafe PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info)
            }
        }
        let encrypted = unsafe Self.encrypt(info, passphrase: passphrase)
        defer { unsafe X509_SIG_free(encrypted) }
        return unsafe PEMBuffer.text { bio in unsafe PEM_write_bio_PKCS8(bio, encrypted) }
    }

    private static func encrypt(_ info: OpaquePointer, passphrase: String) -> OpaquePointer {
        var salt = SecureRandom.bytes(Scrypt.saltByteCount)
        let algorithm = unsafe PKCS5_pbe2_set_scrypt(
            EVP_aes_256_cbc(),
            &salt,
            Int32(salt.count),
            nil,
            Scrypt.n,
            Scrypt.r,
            Scrypt.p
        )
        let encrypted = unsafe withCharacters(of: passphrase) { characters, count in
            // The algorithm is the result's from here on.
            unsafe PKCS8_set0_pbe(characters, count, info, algorithm)
        }
        guard let encrypted = unsafe encrypted else {
            fatalError("OpenSSL cannot encrypt with scrypt and AES-256-CBC")
        }
        return unsafe encrypted
    }

    /// Reads a key from PKCS#8 in PEM; `passphrase` is used only where the key is encrypted.
    public init(pem: [UInt8], passphrase: String? = nil) throws(SigningError) {
        defer { OpenSSL.forgetErrors() }
        let (name, data) = try PEMBlock.read(pem)
        let info: OpaquePointer
        switch name {
        case "PRIVATE KEY":
            unsafe info = try PEMBlock.decode(data) { cursor, count in
                unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, cursor, count)
            }
        case "ENCRYPTED PRIVATE KEY":
            guard let passphrase else {
                throw SigningError(
                    .passphraseRequired,
                    "The private key is encrypted; give its passphrase."
                )
            }
            unsafe info = try Self.decrypt(data, passphrase: passphrase)
        default:
            throw unreadable("It holds \"\(name)\".")
        }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        guard let key = unsafe EVP_PKCS82PKEY(info) else {
            throw unreadable("Its key cannot be decoded.")
        }
        let handle = unsafe KeyHandle(owning: key)
        guard unsafe EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else {
            throw unreadable("Its key is of another kind.")
        }
        try self.init(handle: handle)
    }

    private static func decrypt(
        _ data: [UInt8],
        passphrase: String
    ) throws(SigningError) -> OpaquePointer {
        let encrypted = unsafe try PEMBlock.decode(data) { cursor, count in
            unsafe d2i_X509_SIG(nil, cursor, count)
        }
        defer { unsafe X509_SIG_free(encrypted) }
        let info = unsafe withCharacters(of: passphrase) { characters, count in
            unsafe PKCS8_decrypt(encrypted, characters, count)
        }
        guard let info = unsafe info else {
            throw SigningError(
                .wrongPassphrase,
                "The private key cannot be decrypted: the passphrase is wrong, or the file is"
                    + " damaged. Try again, or take the key from a backup."
            )
        }
        return unsafe info
    }
}

/// Lends a passphrase as C's characters and their count.
private func withCharacters(
    of passphrase: String,
    _ body: (UnsafePointer<CChar>?, Int32) -> OpaquePointer?
) -> OpaquePointer? {
    let characters = passphrase.utf8.map { CChar(bitPattern: $0) }
    return unsafe body(characters, Int32(clamping: characters.count))
}

private func unreadable(_ reason: String) -> SigningError {
    SigningError(
        .unreadableKey,
        "The file holds no Ed25519 private key in PKCS#8 PEM. \(reason) Take another file, or the"
            + " key from a backup."
    )
}

/// The first block of a PEM file.
private enum PEMBlock {
    /// The name and the bytes of the first block.
    static func read(_ pem: [UInt8]) throws(SigningError) -> (name: String, data: [UInt8]) {
        guard pem.count <= PrivateKey.pemByteCountMax else { throw unreadable("It is too long.") }
        guard let bio = unsafe BIO_new_mem_buf(pem, Int32(pem.count)) else {
            throw unreadable("It is empty.")
        }
        defer { unsafe BIO_free_all(bio) }
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard unsafe PEM_read_bio(bio, &name, &header, &data, &count) == 1 else {
            throw unreadable("It is no PEM.")
        }
        defer {
            unsafe CRYPTO_free(name, nil, 0)
            unsafe CRYPTO_free(header, nil, 0)
            unsafe CRYPTO_clear_free(data, count, nil, 0)
        }
        let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
        return (unsafe name.map { unsafe String(cString: $0) } ?? "", bytes)
    }

    /// Decodes DER with one of OpenSSL's functions, which must take all of it.
    static func decode(
        _ data: [UInt8],
        _ decoder: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?
    ) throws(SigningError) -> OpaquePointer {
        let result = unsafe data.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return unsafe decoder(&cursor, buffer.count)
        }
        guard let result = unsafe result else { throw unreadable("Its DER is damaged.") }
        return unsafe result
    }
}
