import Glibc

/// A file that is read piece by piece from its beginning.
public struct FileReader: ~Copyable {
    private let file: Descriptor
    /// Where it lies.
    public let path: String

    /// Opens the file at `path`.
    public init(_ path: String) throws(FileError) {
        guard !FileSystem.isFolder(path) else { throw FileError("read", path, number: EISDIR) }
        file = try Descriptor(opening: path, O_RDONLY, to: "read")
        self.path = path
    }

    /// The next bytes, at most `count`; fewer only at the file's end, none behind it.
    public borrowing func read(_ count: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(
                    file.number,
                    buffer.baseAddress?.advanced(by: filled),
                    count - filled
                )
            }
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path, number: errno)
            }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Begins again at the first byte.
    public borrowing func rewind() throws(FileError) {
        guard lseek(file.number, 0, SEEK_SET) == 0 else {
            throw FileError("read again", path, number: errno)
        }
    }
}
