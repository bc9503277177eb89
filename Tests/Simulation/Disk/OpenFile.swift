import CSQLite

/// A file that SQLite has open.
///
/// SQLite's own part of it is `sqlite3_file`, one pointer; behind that lies a reference to this
/// object, which is released when the file is closed.
@safe
final class OpenFile {
    // Held on to: it has to outlive the connection.
    private let fileSystem: SimulatedFileSystem
    private let disk: SimulatedDisk
    private let file: DiskFile
    private let name: String?
    private let generation: Int
    private var memory: SharedMemory?

    static let size = unsafe MemoryLayout<sqlite3_file>.size + MemoryLayout<Int>.size

    init(_ fileSystem: SimulatedFileSystem, _ disk: SimulatedDisk, _ file: DiskFile, name: String?)
    {
        self.fileSystem = fileSystem
        self.disk = disk
        self.file = file
        self.name = name
        generation = disk.generation
    }

    func put(into pointer: UnsafeMutablePointer<sqlite3_file>) {
        unsafe pointer.pointee.pMethods = UnsafePointer(FileMethods.shared.pointer)
        unsafe UnsafeMutableRawPointer(pointer).storeBytes(
            of: Unmanaged.passRetained(self).toOpaque(),
            toByteOffset: MemoryLayout<sqlite3_file>.size,
            as: UnsafeMutableRawPointer.self
        )
    }

    static func reference(_ pointer: UnsafeMutablePointer<sqlite3_file>?) -> Unmanaged<OpenFile> {
        guard let pointer = unsafe pointer else { fatalError("SQLite gave no file") }
        let object = unsafe UnsafeRawPointer(pointer).load(
            fromByteOffset: MemoryLayout<sqlite3_file>.size,
            as: UnsafeMutableRawPointer.self
        )
        return unsafe Unmanaged<OpenFile>.fromOpaque(object)
    }

    static func of(_ pointer: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile {
        unsafe reference(pointer).takeUnretainedValue()
    }

    private var id: ObjectIdentifier { ObjectIdentifier(self) }

    /// Whether the machine went down since: then nothing can be done to the file any more.
    private var isLost: Bool { generation != disk.generation }

    /// Does something to the disk; gives SQLite's code for how it went.
    private func result(
        failing code: Int32,
        _ body: () throws(DiskFailure) -> Void
    ) -> Int32 {
        guard !isLost else { return code }
        do throws(DiskFailure) {
            try body()
            return SQLITE_OK
        } catch {
            return error == .full ? SQLITE_FULL : code
        }
    }
}

// MARK: - Bytes

extension OpenFile {
    func close() {
        file.locks.set(.none, for: id)
        memory?.release(0..<8, id)
    }

    func read(_ buffer: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int32 {
        var count = 0
        let code = result(failing: IOError.read) { () throws(DiskFailure) in
            count = unsafe try disk.read(file, into: buffer, at: offset)
        }
        guard code == SQLITE_OK, count < buffer.count else { return code }
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            .initializeMemory(as: UInt8.self, repeating: 0)
        return IOError.shortRead
    }

    func write(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int32 {
        result(failing: IOError.write) { () throws(DiskFailure) in
            unsafe try disk.write(bytes, to: file, at: offset)
        }
    }

    func truncate(_ count: Int) -> Int32 {
        result(failing: IOError.truncate) { () throws(DiskFailure) in
            try disk.call()
            file.truncate(to: count)
        }
    }

    func sync() -> Int32 {
        result(failing: IOError.sync) { () throws(DiskFailure) in try disk.sync(file) }
    }

    var byteCount: Int { file.current.count }
}

// MARK: - Locks

extension OpenFile {
    func lock(_ level: Int32) -> Int32 {
        guard !isLost, !disk.hasCrashed else { return IOError.lock }
        guard let level = FileLocks.Level(rawValue: Int(level)) else { return SQLITE_MISUSE }
        return file.locks.raise(to: level, for: id) ? SQLITE_OK : SQLITE_BUSY
    }

    func unlock(_ level: Int32) -> Int32 {
        guard let level = FileLocks.Level(rawValue: Int(level)) else { return SQLITE_MISUSE }
        if level < file.locks.level(of: id) { file.locks.set(level, for: id) }
        return SQLITE_OK
    }

    var isReserved: Bool { file.locks.isReserved }
}

// MARK: - Shared memory

extension OpenFile {
    func region(
        _ number: Int,
        _ size: Int,
        _ extend: Bool,
        _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int32 {
        unsafe result?.pointee = nil
        guard !isLost, !disk.hasCrashed else { return IOError.memoryMap }
        let memory = file.sharedMemory ?? SharedMemory()
        file.sharedMemory = memory
        self.memory = memory
        unsafe result?.pointee = memory.region(number, size: size, extend: extend)
        return SQLITE_OK
    }

    func lockMemory(_ slots: Range<Int>, _ flags: Int32) -> Int32 {
        guard let memory else { return IOError.memoryLock }
        if flags & SQLITE_SHM_UNLOCK != 0 {
            memory.release(slots, id)
            return SQLITE_OK
        }
        guard !isLost, !disk.hasCrashed else { return IOError.memoryLock }
        let isShared = flags & SQLITE_SHM_SHARED != 0
        return (isShared ? memory.share(slots, id) : memory.own(slots, id))
            ? SQLITE_OK : SQLITE_BUSY
    }

    func unmapMemory(_ deletes: Bool) {
        memory?.release(0..<8, id)
        if deletes, file.sharedMemory === memory { file.sharedMemory = nil }
        memory = nil
    }
}

/// SQLite's table of what can be done with a file.
@safe
struct FileMethods: @unchecked Sendable {
    // Unchecked: filled once before anybody sees it, and never changed or freed.
    let pointer: UnsafeMutablePointer<sqlite3_io_methods>

    static let shared = FileMethods()

    private init() {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: sqlite3_io_methods())
        unsafe pointer.pointee.iVersion = 2
        setBytes()
        setLocks()
        setMemory()
    }

    private func setBytes() {
        unsafe pointer.pointee.xClose = { file in
            let reference = unsafe OpenFile.reference(file)
            unsafe reference.takeUnretainedValue().close()
            unsafe reference.release()
            return SQLITE_OK
        }
        unsafe pointer.pointee.xRead = { file, buffer, count, offset in
            let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
            return unsafe OpenFile.of(file).read(bytes, Int(offset))
        }
        unsafe pointer.pointee.xWrite = { file, buffer, count, offset in
            let bytes = unsafe UnsafeRawBufferPointer(start: buffer, count: Int(count))
            return unsafe OpenFile.of(file).write(bytes, Int(offset))
        }
        unsafe pointer.pointee.xTruncate = { file, count in
            unsafe OpenFile.of(file).truncate(Int(count))
        }
        unsafe pointer.pointee.xSync = { file, _ in unsafe OpenFile.of(file).sync() }
        unsafe pointer.pointee.xFileSize = { file, result in
            unsafe result?.pointee = Int64(OpenFile.of(file).byteCount)
            return SQLITE_OK
        }
        unsafe pointer.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        // As SQLite's own for Linux says by default.
        unsafe pointer.pointee.xSectorSize = { _ in 4096 }
        unsafe pointer.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
    }

    private func setLocks() {
        unsafe pointer.pointee.xLock = { file, level in unsafe OpenFile.of(file).lock(level) }
        unsafe pointer.pointee.xUnlock = { file, level in unsafe OpenFile.of(file).unlock(level) }
        unsafe pointer.pointee.xCheckReservedLock = { file, result in
            unsafe result?.pointee = OpenFile.of(file).isReserved ? 1 : 0
            return SQLITE_OK
        }
    }

    private func setMemory() {
        unsafe pointer.pointee.xShmMap = { file, number, size, extend, result in
            var region: UnsafeMutableRawPointer?
            let code = unsafe OpenFile.of(file).region(Int(number), Int(size), extend != 0, &region)
            unsafe result?.pointee = region
            return code
        }
        unsafe pointer.pointee.xShmLock = { file, first, count, flags in
            unsafe OpenFile.of(file).lockMemory(Int(first)..<Int(first + count), flags)
        }
        // One thread alone uses it.
        unsafe pointer.pointee.xShmBarrier = { _ in }
        unsafe pointer.pointee.xShmUnmap = { file, deletes in
            unsafe OpenFile.of(file).unmapMemory(deletes != 0)
            return SQLITE_OK
        }
    }
}
