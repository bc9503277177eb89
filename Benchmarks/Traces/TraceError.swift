/// Why a file is no trace that can be replayed.
public struct TraceError: Error, Equatable, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: Sendable {
        /// The file is not there, may not be read, or is not what its compression says.
        case unreadable
        /// It is not JSON, or JSON of another form than traces have.
        case malformed
        /// It has the form of a trace and contradicts itself.
        case inconsistent
    }

    /// What kind of fault it is.
    public let code: Code
    /// The file's path; empty for a trace that comes from no file.
    public internal(set) var file: String
    /// What is wrong, and where in the file.
    public let message: String

    init(_ code: Code, _ message: String, file: String = "") {
        self.code = code
        self.file = file
        self.message = message
    }

    /// The file and what is wrong with it.
    public var description: String { file.isEmpty ? message : "\(file): \(message)" }

    /// The same fault in `file`.
    func at(_ file: String) -> TraceError {
        var error = self
        error.file = file
        return error
    }
}
