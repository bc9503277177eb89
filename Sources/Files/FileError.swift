import Glibc

/// Why a file could not be read, written or found.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    public enum Code: Hashable, Sendable {
        /// There is no such file or folder.
        case notFound
        /// There is such a file already.
        case exists
        /// The rights are missing.
        case noPermission
        /// The disk, or the quota, is full.
        case full
        /// The file is larger than the caller takes.
        case tooLarge
        /// The path names a folder where a file is meant, or the other way round.
        case wrongKind
        /// The other end of a pipe is gone.
        case brokenPipe
        /// Anything else.
        case failed
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, on which path, and why.
    public let message: String

    /// Describes a failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The failure of `operation` on `path` that the system numbered `number`.
    init(_ operation: String, _ path: String, number: Int32) {
        let code: Code =
            switch number {
            case ENOENT: .notFound
            case EEXIST: .exists
            case EACCES, EPERM, EROFS: .noPermission
            case ENOSPC, EDQUOT: .full
            case EFBIG: .tooLarge
            case EISDIR, ENOTDIR: .wrongKind
            case EPIPE: .brokenPipe
            default: .failed
            }
        self.init(code, "\(path) cannot be \(operation): \(Self.reason(number)).")
    }

    private static func reason(_ number: Int32) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }

    /// The message.
    public var description: String { message }
}
