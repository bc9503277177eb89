import Synchronization

/// Signatures for simulations: a hash of key and message in place of Ed25519.
///
/// Anybody can make one, so they protect nothing. That is safe because the switch is off when a
/// process starts, nothing outside this package can see it, nothing in a program's sources names it
/// (a test reads them), and no message, file or setting reaches it. It is one for the process, not
/// one for each thread or key, so that no two parts of one simulation can differ about it: set it
/// before the first signature is made, and leave it.
package enum StandInSignatures {
    private static let isOn = Atomic<Bool>(false)

    /// Whether signatures are made and checked as hashes.
    package static var areUsed: Bool { isOn.load(ordering: .relaxed) }

    /// Makes and checks signatures as hashes from now on, or as Ed25519 again.
    package static func use(_ areUsed: Bool) { isOn.store(areUsed, ordering: .relaxed) }

    /// The stand-in for a signature of `message` by the holder of the public key `key`.
    static func signature(of key: [UInt8], for message: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(key)
        hash.update(message)
        let digest = hash.finalize()
        // Both halves are looked at: a flip anywhere in 64 bytes has to show.
        return digest + digest.map { ~$0 }
    }
}
