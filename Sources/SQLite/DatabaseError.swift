/// Why a database could not do what it was asked to.
public struct DatabaseError: Error, Sendable {
    /// The kinds of failure a caller may want to tell apart.
    public enum Code: Sendable {
        /// Another connection holds a lock and did not let go of it in time.
        case busy
        /// The disk, or the size the database may have, is used up.
        case full
        /// The file is a database, but its contents do not hang together.
        case corrupt
        /// The file is something else than a database.
        case notADatabase
        /// The file may not be written.
        case readOnly
        /// There is no such file.
        case missing
        /// The rights to open the file, or its folder, are missing.
        case noPermission
        /// The file cannot be opened for another reason.
        case cannotOpen
        /// A row would break a rule of the schema.
        case constraint
        /// The system failed to read or write.
        case ioError
        /// A value is larger than the database takes.
        case tooLarge
        /// There is no memory left.
        case outOfMemory
        /// The work was called off.
        case interrupted
        /// The program used the database wrongly: faulty SQL, say.
        case misuse
    }

    /// What kind of failure it is.
    public let code: Code
    /// SQLite's own extended result code.
    public let extendedCode: Int32
    /// What failed, why, and what can be done about it.
    public let message: String

    /// Describes a failure.
    public init(code: Code, extendedCode: Int32, message: String) {
        self.code = code
        self.extendedCode = extendedCode
        self.message = message
    }
}

extension DatabaseError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension DatabaseError.Code {
    /// What a person can do about it.
    var advice: String {
        switch self {
        case .busy: "Another program is using the file: try again when it has finished."
        case .full:
            "The disk is full: free some space, then try again. What was stored before is unharmed."
        case .corrupt: "The file is damaged: restore it from a backup or fetch it again."
        case .notADatabase: "Check the path: this file is no database."
        case .readOnly: "Make the file and its folder writable, then try again."
        case .missing: "Check the path."
        case .noPermission: "Check who owns the file and its folder, and their modes."
        case .cannotOpen: "Check the path and that its folder exists."
        case .constraint, .misuse: "This is a fault of the program: please report it."
        case .ioError:
            // SQLite says no more than this where a quota is used up.
            "See whether the disk is full or a quota is used up, and what the system's log says; "
                + "then try again."
        case .tooLarge: "Make it smaller."
        case .outOfMemory: "Free some memory, then try again."
        case .interrupted: "Start it again if it is still wanted."
        }
    }
}
