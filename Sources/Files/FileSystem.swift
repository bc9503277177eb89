import Glibc

/// Files and folders, read and written whole.
public enum FileSystem {
    /// The bytes of a file of at most `limit` bytes.
    public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let file = try Descriptor(opening: path, O_RDONLY, to: "read")
        return try file.readAll(limit: limit)
    }

    /// Puts `bytes` in place of whatever is at `path`, at once and durably.
    ///
    /// A reader sees the old file or the new one, and so does the machine after a crash. A device
    /// or a pipe (`/dev/stdout`) is written to, not replaced.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644)
        throws(FileError)
    {
        if let kind = Self.mode(of: path), kind & S_IFMT != S_IFREG {
            return try Descriptor(opening: path, O_WRONLY, to: "written").writeAll(bytes)
        }
        let draft = path + ".new-\(getpid())"
        do {
            let file = try Descriptor(
                opening: draft,
                O_WRONLY | O_CREAT | O_TRUNC,
                mode: mode,
                to: "written"
            )
            try file.writeAll(bytes)
            try file.synchronize()
        } catch {
            unsafe unlink(draft)
            throw error
        }
        guard unsafe Glibc.rename(draft, path) == 0 else {
            let number = errno
            unsafe unlink(draft)
            throw FileError("written", path, number: number)
        }
        try synchronizeFolder(of: path)
    }

    /// Makes a file that is not there yet, durably; nobody else's file is touched.
    public static func create(_ bytes: [UInt8], at path: String, mode: UInt32 = 0o600)
        throws(FileError)
    {
        let file = try Descriptor(
            opening: path,
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
            mode: mode,
            to: "made"
        )
        do {
            try file.writeAll(bytes)
            try file.synchronize()
        } catch {
            unsafe unlink(path)
            throw error
        }
        try synchronizeFolder(of: path)
    }

    /// Makes a folder and those above it that are missing.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(FileError) {
        if isFolder(path) { return }
        let parent = folder(of: path)
        if parent != path, parent != "." { try makeFolder(parent, mode: mode) }
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else {
            throw FileError("made", path, number: errno)
        }
    }

    /// Takes a file away and says whether there was one; one that is not there is no error.
    ///
    /// Of several processes that take the same file away, one hears that it was there.
    @discardableResult
    public static func remove(_ path: String) throws(FileError) -> Bool {
        if unsafe unlink(path) == 0 { return true }
        guard errno == ENOENT else { throw FileError("removed", path, number: errno) }
        return false
    }

    /// Takes an empty folder away; one that is not there is no error.
    public static func removeFolder(_ path: String) throws(FileError) {
        guard unsafe rmdir(path) != 0, errno != ENOENT else { return }
        throw FileError("removed", path, number: errno)
    }

    /// Gives a file another name, in place of what had it, durably.
    public static func rename(_ path: String, to new: String) throws(FileError) {
        guard unsafe Glibc.rename(path, new) == 0 else {
            throw FileError("renamed", path, number: errno)
        }
        try synchronizeFolder(of: new)
    }

    /// Whether there is a file or folder at `path`.
    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether there is a folder at `path`.
    public static func isFolder(_ path: String) -> Bool {
        mode(of: path).map { $0 & S_IFMT == S_IFDIR } ?? false
    }

    /// Whether `path` is a symbolic link, whatever it leads to.
    public static func isLink(_ path: String) -> Bool {
        var facts = stat()
        return unsafe lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFLNK
    }

    /// The rights of a file, as in 0o600; nil where there is none.
    public static func permissions(of path: String) -> UInt32? { mode(of: path).map { $0 & 0o777 } }

    /// The names in a folder, in order, without those that begin with a dot.
    public static func names(in path: String) throws(FileError) -> [String] {
        guard let folder = unsafe opendir(path) else {
            throw FileError("read", path, number: errno)
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// The folder a path lies in.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of a path.
    public static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private static func mode(of path: String) -> UInt32? {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 ? facts.st_mode : nil
    }

    /// A new name in a folder is durable only when the folder is.
    private static func synchronizeFolder(of path: String) throws(FileError) {
        let folder = try Descriptor(
            opening: folder(of: path),
            O_RDONLY | O_DIRECTORY,
            to: "made durable"
        )
        try folder.synchronize()
    }
}
