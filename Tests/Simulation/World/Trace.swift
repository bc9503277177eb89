/// What happened in a simulated world, as a hash and, where asked for, as text.
///
/// Equal seeds give equal hashes in every process: nothing of the process itself (addresses, hash
/// seeds, the time) may get in.
struct Trace {
    /// FNV-1a over all that was noted.
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    /// Takes each line as it comes: what hangs is seen as well.
    private let write: ((String) -> Void)?
    var step = 0

    init(_ write: ((String) -> Void)?) { self.write = write }

    /// Notes that something of a kind happened, with numbers that tell it from others.
    mutating func note(
        _ kind: Act,
        _ first: Int = 0,
        _ second: Int = 0,
        _ text: @autoclosure () -> String
    ) {
        mix(UInt64(kind.rawValue))
        mix(UInt64(truncatingIfNeeded: first))
        mix(UInt64(truncatingIfNeeded: second))
        if let write { write("\(step)\t\(kind)\t\(text())") }
    }

    /// Adds bytes that went over the network.
    mutating func mix(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    private mutating func mix(_ number: UInt64) {
        hash = (hash ^ number) &* 0x100_0000_01b3
        hash ^= hash >> 29
    }
}
