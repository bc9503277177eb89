/// The memory that the connections to a database in WAL mode share, with its locks.
///
/// Goes with the machine: after a crash there is none, and SQLite makes it anew from the log.
@safe
final class SharedMemory {
    private var regions: [UnsafeMutableRawPointer] = unsafe []
    /// For each of the eight locks who shares it, and who has it alone.
    private var sharers = [[ObjectIdentifier]](repeating: [], count: 8)
    private var owners = [ObjectIdentifier?](repeating: nil, count: 8)

    deinit { unsafe regions.forEach { unsafe $0.deallocate() } }

    /// The region `number`; nil where it is not there and is not to be made.
    func region(_ number: Int, size: Int, extend: Bool) -> UnsafeMutableRawPointer? {
        while unsafe regions.count <= number {
            guard extend else { return nil }
            let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            unsafe region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            unsafe regions.append(region)
        }
        return unsafe regions[number]
    }

    func share(_ slots: Range<Int>, _ holder: ObjectIdentifier) -> Bool {
        for slot in slots where owners[slot] != nil && owners[slot] != holder { return false }
        for slot in slots where !sharers[slot].contains(holder) { sharers[slot].append(holder) }
        return true
    }

    func own(_ slots: Range<Int>, _ holder: ObjectIdentifier) -> Bool {
        for slot in slots {
            guard owners[slot] == nil || owners[slot] == holder else { return false }
            guard sharers[slot].allSatisfy({ $0 == holder }) else { return false }
        }
        for slot in slots { owners[slot] = holder }
        return true
    }

    func release(_ slots: Range<Int>, _ holder: ObjectIdentifier) {
        for slot in slots {
            sharers[slot].removeAll { $0 == holder }
            if owners[slot] == holder { owners[slot] = nil }
        }
    }
}
