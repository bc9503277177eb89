import CSQLite
import Glibc
import Synchronization

/// A file system for SQLite whose disks are simulated: registered under a name of its own, never as
/// the default.
///
/// A path is the disk's name, a slash, and the file's name. For one thread at a time; has to
/// outlive the connections opened in it.
@safe
public final class SimulatedFileSystem {
    /// What SQLite knows it by.
    public let name: String
    /// The disks by name.
    public var disks: [String: SimulatedDisk] = [:]
    /// Milliseconds since 1970, for what SQLite wants to know of the time.
    public var now: Int64 = 1_700_000_000_000
    private let vfs: UnsafeMutablePointer<sqlite3_vfs>
    private let nameBytes: UnsafeMutablePointer<CChar>
    private var unnamedCount = 0

    private static let count = Atomic<Int>(0)

    /// Has SQLite count no memory, as counting takes a lock that all threads share: to be called
    /// before anything else is asked of SQLite.
    public static func prepareForThreads() {
        _ = galley_sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0)
    }

    /// Registers a file system without disks.
    public init() {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        name = "galley-simulation-\(number)"
        unsafe nameBytes = strdup(name)
        unsafe vfs = .allocate(capacity: 1)
        unsafe vfs.initialize(to: sqlite3_vfs())
        unsafe vfs.pointee.iVersion = 1
        unsafe vfs.pointee.szOsFile = Int32(OpenFile.size)
        unsafe vfs.pointee.mxPathname = 512
        unsafe vfs.pointee.zName = UnsafePointer(nameBytes)
        unsafe vfs.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
        unsafe vfs.pointee.xOpen = { vfs, path, file, flags, outFlags in
            unsafe SimulatedFileSystem.of(vfs).open(path, file, flags, outFlags)
        }
        unsafe vfs.pointee.xDelete = { vfs, path, syncsFolder in
            unsafe SimulatedFileSystem.of(vfs).delete(path, syncsFolder != 0)
        }
        unsafe vfs.pointee.xAccess = { vfs, path, _, result in
            unsafe SimulatedFileSystem.of(vfs).access(path, result)
        }
        unsafe vfs.pointee.xFullPathname = { _, path, size, result in
            guard let path = unsafe path, let result = unsafe result else { return SQLITE_MISUSE }
            unsafe strncpy(result, path, Int(size))
            return SQLITE_OK
        }
        unsafe vfs.pointee.xRandomness = { _, count, bytes in
            unsafe bytes?.initialize(repeating: 7, count: Int(count))
            return count
        }
        unsafe vfs.pointee.xSleep = { _, microseconds in microseconds }
        unsafe vfs.pointee.xCurrentTime = { vfs, result in
            let days = unsafe Double(SimulatedFileSystem.of(vfs).now) / 86_400_000
            unsafe result?.pointee = 2_440_587.5 + days
            return SQLITE_OK
        }
        unsafe vfs.pointee.xGetLastError = { _, _, _ in EIO }
        unsafe sqlite3_vfs_register(vfs, 0)
    }

    deinit {
        unsafe sqlite3_vfs_unregister(vfs)
        unsafe vfs.deallocate()
        unsafe free(nameBytes)
    }

    private static func of(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedFileSystem {
        guard let data = unsafe vfs?.pointee.pAppData else { fatalError("a VFS without its owner") }
        return unsafe Unmanaged<SimulatedFileSystem>.fromOpaque(data).takeUnretainedValue()
    }
}

// MARK: - What SQLite asks of a file system

extension SimulatedFileSystem {
    /// The disk a path leads to, and the file's name on it.
    private func place(_ path: UnsafePointer<CChar>?) -> (disk: SimulatedDisk, name: String)? {
        guard let path = unsafe path else { return nil }
        let text = unsafe String(cString: path)
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")),
            let disk = disks[String(text[..<slash])]
        else { return nil }
        return (disk, String(text[text.utf8.index(after: slash)...]))
    }

    private func open(
        _ path: UnsafePointer<CChar>?,
        _ pointer: UnsafeMutablePointer<sqlite3_file>?,
        _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let pointer = unsafe pointer else { return SQLITE_MISUSE }
        // Without methods SQLite does not close what could not be opened.
        unsafe pointer.pointee.pMethods = nil
        // What has no name goes when it is closed: it needs no disk.
        if unsafe path == nil {
            unsafe OpenFile(self, SimulatedDisk(seed: 0), DiskFile.made(), name: nil)
                .put(into: pointer)
            return SQLITE_OK
        }
        guard let (disk, name) = unsafe place(path) else { return SQLITE_CANTOPEN }
        do throws(DiskFailure) { try disk.call() } catch { return SQLITE_CANTOPEN }
        let file: DiskFile
        if let known = disk.file(name) {
            guard flags & SQLITE_OPEN_EXCLUSIVE == 0 else { return SQLITE_CANTOPEN }
            file = known
        } else {
            guard flags & SQLITE_OPEN_CREATE != 0 else { return SQLITE_CANTOPEN }
            file = disk.make(name)
            file.syncsFolder =
                flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)
                != 0
        }
        unsafe OpenFile(self, disk, file, name: name).put(into: pointer)
        unsafe outFlags?.pointee = flags
        return SQLITE_OK
    }

    private func delete(_ path: UnsafePointer<CChar>?, _ syncsFolder: Bool) -> Int32 {
        guard let (disk, name) = unsafe place(path) else { return IOError.delete }
        do throws(DiskFailure) { try disk.call() } catch { return IOError.delete }
        guard disk.remove(name) else { return IOError.deleteOfNone }
        if syncsFolder { disk.syncFolder() }
        return SQLITE_OK
    }

    private func access(_ path: UnsafePointer<CChar>?, _ result: UnsafeMutablePointer<Int32>?)
        -> Int32
    {
        guard let (disk, name) = unsafe place(path) else { return IOError.access }
        do throws(DiskFailure) { try disk.call() } catch { return IOError.access }
        unsafe result?.pointee = disk.file(name) == nil ? 0 : 1
        return SQLITE_OK
    }
}
