import CSQLite

/// SQLite's codes for a call that failed: macros that Swift does not see.
enum IOError {
    static let read = code(1)
    static let shortRead = code(2)
    static let write = code(3)
    static let sync = code(4)
    static let truncate = code(6)
    static let delete = code(10)
    static let access = code(13)
    static let lock = code(15)
    static let memoryLock = code(20)
    static let memoryMap = code(21)
    static let deleteOfNone = code(23)

    private static func code(_ number: Int32) -> Int32 { SQLITE_IOERR | number << 8 }
}
