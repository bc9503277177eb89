import Glibc

/// A file that is written piece by piece beside its place, and gets its name when it is whole.
///
/// Until ``keep()`` nothing is at its place but what was there; a draft that is let go of is gone.
public struct FileDraft: ~Copyable {
    private let file: Descriptor
    private let draft: String
    private let path: String
    private let isReplacing: Bool
    private var isKept = false

    /// Begins a file for `path`; where one is there, it is replaced at the end, or this is an error.
    public init(
        for path: String,
        mode: UInt32 = 0o644,
        replacing isReplacing: Bool
    ) throws(FileError) {
        self.path = path
        self.isReplacing = isReplacing
        draft = path + ".new-\(getpid())"
        // A name that would not do is told before the work, not after it.
        if FileSystem.isFolder(path) { throw FileError("written", path, number: EISDIR) }
        if !isReplacing, FileSystem.exists(path) { throw Self.exists(path) }
        // Left behind by a process of this number that ended in the middle.
        try FileSystem.remove(draft)
        file = try Descriptor(
            opening: draft,
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
            mode: mode,
            to: "written"
        )
    }

    deinit { if !isKept { unsafe unlink(draft) } }

    /// Goes on with `bytes`.
    public borrowing func write(_ bytes: [UInt8]) throws(FileError) { try file.writeAll(bytes) }

    /// Gives the file its name, durably.
    public mutating func keep() throws(FileError) {
        try file.synchronize()
        // Not all file systems know links, by which this could be one step.
        if !isReplacing, FileSystem.exists(path) { throw Self.exists(path) }
        try FileSystem.rename(draft, to: path)
        isKept = true
    }

    private static func exists(_ path: String) -> FileError {
        FileError(.exists, "There is something at \(path) already. Nothing was changed.")
    }
}
