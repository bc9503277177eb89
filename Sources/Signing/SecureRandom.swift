import COpenSSL

/// Random bytes nobody can guess: keys, nonces, codes.
public enum SecureRandom {
    /// Gives `count` random bytes.
    ///
    /// Stops the program where the system gives none: whatever went on would use what can be guessed.
    public static func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard unsafe RAND_priv_bytes(buffer.baseAddress, Int32(count)) == 1 else {
                fatalError("the system gives no random bytes")
            }
            filled = count
        }
    }
}
