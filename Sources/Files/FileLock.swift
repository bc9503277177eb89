import Glibc

/// A lock that one process holds at a time, on a file of its own.
public struct FileLock: ~Copyable {
    private let file: Descriptor

    /// Waits for the lock on `path` and takes it; released with the value.
    public init(_ path: String) throws(FileError) {
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600, to: "locked")
        try Self.wait(for: file.number, path)
        self.file = file
    }

    private init(_ file: consuming Descriptor) { self.file = file }

    /// The lock on `path`, or nil where another process holds it.
    public static func ifFree(_ path: String) throws(FileError) -> FileLock? {
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600, to: "locked")
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw FileError("locked", path, number: errno) }
            return nil
        }
        return FileLock(file)
    }

    /// Waits for the lock on `path` and holds it while `body` runs.
    public static func holding<Result>(_ path: String, _ body: () throws -> Result) throws -> Result
    {
        let lock = try FileLock(path)
        // The lock must live until the end, whatever the optimiser thinks of its last use.
        defer { extendLifetime(lock) }
        return try body()
    }

    private static func wait(for number: Int32, _ path: String) throws(FileError) {
        while flock(number, LOCK_EX) != 0 {
            guard errno == EINTR else { throw FileError("locked", path, number: errno) }
        }
    }
}
