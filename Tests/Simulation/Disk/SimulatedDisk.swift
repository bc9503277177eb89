import TestSupport

/// The disk of one machine, in memory: keeps what was synced when the machine crashes, and fails as
/// it is told to.
///
/// Files lie in one folder. Writes reach what programs read at once; what a crash leaves is what
/// was synced, and of the rest some sectors by chance; likewise names.
public final class SimulatedDisk {
    private var random: SeededRandom
    private var names: [String: DiskFile] = [:]
    private var durableNames: [String: DiskFile] = [:]
    private(set) var isDown = false
    /// How often it was started anew: who opened a file before may not use it any more.
    private(set) var generation = 0

    /// What is to go wrong.
    public var faults = DiskFaults()
    /// What happened.
    public internal(set) var events = DiskEvents()
    /// Calls made; a call can be made to fail by its number.
    public private(set) var callCount = 0
    /// Whether syncs do nothing, as on a disk that lies: for tests of the disk itself.
    package var ignoresSyncs = false

    /// An empty disk.
    public init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Whether the machine has crashed: every call fails until ``restart()``.
    public var hasCrashed: Bool { isDown }

    /// The machine stops now.
    public func crash() {
        guard !isDown else { return }
        isDown = true
        events.crashes += 1
    }

    /// Starts the machine on what survived.
    public func restart() {
        crash()
        var survivors: [String: DiskFile] = [:]
        for name in Set(names.keys).union(durableNames.keys).sorted() {
            var file = durableNames[name]
            if file !== names[name] {
                if random.oneIn(2) { file = names[name] } else { events.lostNames += 1 }
            }
            if let file { survivors[name] = DiskFile(file.survivor(&random, &events)) }
        }
        names = survivors
        durableNames = survivors
        isDown = false
        generation += 1
        faults.crashAfter = nil
    }

    /// What may go wrong with any call: called first by each.
    func call() throws(DiskFailure) {
        guard !isDown else { throw .crashed }
        callCount += 1
        if DiskFaults.isDue(&faults.crashAfter) {
            crash()
            throw .crashed
        }
        if faults.failCount > 0 {
            if faults.failAfter != nil { _ = DiskFaults.isDue(&faults.failAfter) }
            if faults.failAfter == nil {
                faults.failCount -= 1
                events.failures += 1
                throw .failed
            }
        }
    }
}

// MARK: - Files

extension SimulatedDisk {
    func file(_ name: String) -> DiskFile? { names[name] }

    func make(_ name: String) -> DiskFile {
        let file = DiskFile.made()
        names[name] = file
        return file
    }

    func remove(_ name: String) -> Bool { names.removeValue(forKey: name) != nil }

    /// Makes names durable as they are now.
    func syncFolder() {
        guard !ignoresSyncs else { return }
        durableNames = names
    }

    func sync(_ file: DiskFile) throws(DiskFailure) {
        try call()
        events.syncs += 1
        guard !ignoresSyncs else { return }
        file.sync()
        if file.syncsFolder {
            file.syncsFolder = false
            syncFolder()
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, to file: DiskFile, at offset: Int)
        throws(DiskFailure)
    {
        let wasDown = isDown
        do throws(DiskFailure) { try call() } catch {
            // A write in whose middle the power fails may have done its work.
            if error == .crashed, !wasDown, random.oneIn(2) { unsafe file.write(bytes, at: offset) }
            throw error
        }
        events.writes += 1
        if let capacity = faults.capacity, offset + bytes.count > file.current.count,
            usedByteCount + offset + bytes.count - file.current.count > capacity
        {
            events.refusals += 1
            throw .full
        }
        if DiskFaults.isDue(&faults.shortWriteAfter) {
            events.shortWrites += 1
            let count = random.below(bytes.count)
            unsafe file.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
            throw .full
        }
        unsafe file.write(bytes, at: offset)
    }

    func read(_ file: DiskFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int)
        throws(DiskFailure) -> Int
    {
        try call()
        events.reads += 1
        let count = unsafe file.current.read(into: buffer, at: offset)
        if count > 0, faults.flipAfter != nil, DiskFaults.isDue(&faults.flipAfter) {
            events.flips += 1
            unsafe buffer[random.below(count)] ^= 1 << UInt8(random.below(8))
        }
        return count
    }

    /// Bytes that all files have together.
    public var usedByteCount: Int { names.values.reduce(0) { $0 + $1.current.count } }
}

// MARK: - Whole files

extension SimulatedDisk {
    /// The names of all files, sorted.
    public var fileNames: [String] { names.keys.sorted() }

    /// A whole file as a program that copies it would see it; nil where there is none.
    public func image(of name: String) -> FileImage? { names[name]?.current }

    /// Puts a file there, durably, in place of what was there: not by a program of the machine's
    /// but by its owner.
    public func put(_ image: FileImage?, as name: String) {
        let file = image.map { DiskFile($0) }
        names[name] = file
        durableNames[name] = file
    }

    /// Reads a whole file; nil where there is none.
    public func contents(of name: String) throws(DiskFailure) -> [UInt8]? {
        try call()
        return names[name]?.current.bytes
    }

    /// Replaces a whole file as careful programs do: by another name, synced, then moved.
    public func replace(_ name: String, with bytes: [UInt8]) throws(DiskFailure) {
        let temporary = name + ".new"
        try call()
        let file = make(temporary)
        do throws(DiskFailure) {
            try unsafe bytes.withUnsafeBytes { bytes in
                Result { () throws(DiskFailure) in unsafe try write(bytes, to: file, at: 0) }
            }.get()
            try sync(file)
            try call()
        } catch {
            if error != .crashed { _ = remove(temporary) }
            throw error
        }
        names[name] = file
        names[temporary] = nil
        try call()
        syncFolder()
    }
}
