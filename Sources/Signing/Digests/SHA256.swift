import COpenSSL

/// SHA-256, in one call or piece by piece.
@safe
public struct SHA256: ~Copyable {
    /// Bytes of a digest.
    public static let byteCount = 32

    private let context: OpaquePointer

    /// A digest of nothing yet.
    public init() {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex2(context, Algorithm.sha256.pointer, nil) == 1
        else { fatalError("OpenSSL has no SHA-256, or memory ran out") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Goes on with `bytes`.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Goes on with `bytes`, a part of others.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Ends the digest and returns its 32 bytes.
    public consuming func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, filled in
            guard unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1 else {
                fatalError("OpenSSL cannot end a SHA-256")
            }
            filled = Self.byteCount
        }
    }

    /// The digest of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    /// The digest of `bytes`, a part of others.
    public static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    private func update(_ bytes: UnsafeRawBufferPointer) {
        guard unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            fatalError("OpenSSL cannot go on with a SHA-256")
        }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
            let result = unsafe EVP_Digest(
                bytes.baseAddress,
                bytes.count,
                buffer.baseAddress,
                nil,
                Algorithm.sha256.pointer,
                nil
            )
            guard result == 1 else { fatalError("OpenSSL has no SHA-256, or memory ran out") }
            filled = byteCount
        }
    }
}

/// An algorithm looked up once: looking it up by each call costs more than a short digest.
@safe
private struct Algorithm: @unchecked Sendable {
    // Unchecked: an EVP_MD never changes after it was fetched, and is never freed here.
    let pointer: OpaquePointer

    static let sha256: Algorithm = {
        guard let pointer = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
            fatalError("OpenSSL has no SHA-256")
        }
        return unsafe Algorithm(pointer: pointer)
    }()
}
