import CSQLite

/// A connection to an SQLite file, for one thread at a time.
///
/// Closed when the value goes away. Statements may outlive it; the file is let go of with the last.
@safe
public struct Database: ~Copyable {
    /// How a file is opened.
    public enum Mode: Sendable {
        /// To be read; it has to exist.
        case readOnly
        /// To be read and written; it has to exist.
        case readWrite
        /// To be read and written; made where there is none.
        case create
    }

    /// The path it was opened with.
    public let path: String
    let handle: OpaquePointer
    let cache: StatementCache

    /// Opens the file at `path`; waits up to `busyTimeoutMilliseconds` for locks of others.
    ///
    /// Whether the file is a database shows at the first statement.
    public init(
        path: String,
        mode: Mode,
        busyTimeoutMilliseconds: Int32 = 5_000
    ) throws(DatabaseError) {
        try self.init(
            path: path,
            mode: mode,
            fileSystem: nil,
            busyTimeoutMilliseconds: busyTimeoutMilliseconds
        )
    }

    /// Opens the file at `path` in the file system that SQLite knows by the name `fileSystem`; nil
    /// for the machine's own.
    package init(
        path: String,
        mode: Mode,
        fileSystem: String?,
        busyTimeoutMilliseconds: Int32 = 5_000
    ) throws(DatabaseError) {
        let handle = unsafe try Self.open(path, mode, fileSystem)
        do throws(DatabaseError) {
            unsafe try Self.configure(handle, busyTimeoutMilliseconds)
            unsafe try Self.checkWritable(handle, path, mode)
        } catch {
            unsafe sqlite3_close_v2(handle)
            throw error
        }
        self.path = path
        unsafe self.handle = handle
        cache = StatementCache()
    }

    deinit {
        cache.close()
        unsafe sqlite3_close_v2(handle)
    }

    private static func open(
        _ path: String,
        _ mode: Mode,
        _ fileSystem: String?
    ) throws(DatabaseError) -> OpaquePointer {
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        switch mode {
        case .readOnly: flags |= SQLITE_OPEN_READONLY
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
        var opened: OpaquePointer?
        let result = unsafe sqlite3_open_v2(path, &opened, flags, fileSystem)
        guard result == SQLITE_OK, let handle = unsafe opened else {
            let error = unsafe DatabaseError(result, doing: "open \(path)", on: opened)
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        return unsafe handle
    }

    private static func configure(
        _ handle: OpaquePointer,
        _ busyTimeoutMilliseconds: Int32
    ) throws(DatabaseError) {
        let options: [(option: Int, value: Int32)] = [
            (Int(SQLITE_DBCONFIG_DEFENSIVE), 1), (Int(SQLITE_DBCONFIG_TRUSTED_SCHEMA), 0),
            (Int(SQLITE_DBCONFIG_DQS_DML), 0), (Int(SQLITE_DBCONFIG_DQS_DDL), 0),
        ]
        for (option, value) in options {
            let result = unsafe galley_sqlite3_db_config(handle, Int32(option), value)
            guard result == SQLITE_OK else {
                throw unsafe DatabaseError(result, doing: "set up the connection", on: handle)
            }
        }
        unsafe sqlite3_busy_timeout(handle, busyTimeoutMilliseconds)
    }

    /// Refuses what SQLite quietly does: to open a file that may not be written for reading only.
    private static func checkWritable(
        _ handle: OpaquePointer,
        _ path: String,
        _ mode: Mode
    ) throws(DatabaseError) {
        let isReadOnly = unsafe sqlite3_db_readonly(handle, "main") == 1
        guard mode != .readOnly, isReadOnly else { return }
        throw DatabaseError(
            code: .readOnly,
            extendedCode: SQLITE_READONLY,
            message: "Could not open \(path) for writing: the file is read-only. "
                + DatabaseError.Code.readOnly.advice
        )
    }

    func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(DatabaseError) {
        guard result != SQLITE_OK else { return }
        throw unsafe DatabaseError(result, doing: operation(), on: handle)
    }
}

extension Database {
    /// Runs SQL of one or more statements that give no rows and take no values.
    public func execute(_ sql: String) throws(DatabaseError) {
        try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil), "run \(brief(sql))")
    }

    /// The statement `sql` with its parameters bound to `values` in order.
    ///
    /// Its compiled form is kept and used again; two in use at once never share one.
    public func statement(_ sql: String, _ values: Value...) throws(DatabaseError) -> Statement {
        try statement(sql, binding: values)
    }

    /// The statement `sql` with its parameters bound to `values` in order.
    public func statement(
        _ sql: String,
        binding values: [Value]
    ) throws(DatabaseError) -> Statement {
        let statement = try prepared(sql)
        var index: Int32 = 1
        for value in values {
            try statement.bind(value, at: index)
            index += 1
        }
        return statement
    }

    /// Runs the statement `sql`, which gives no rows, with its parameters bound to `values`.
    public func run(_ sql: String, _ values: Value...) throws(DatabaseError) {
        let statement = try statement(sql, binding: values)
        while try statement.step() {}
    }

    /// The integer in the first column of the first row of `sql`; nil for no row, or NULL.
    public func integer(_ sql: String, _ values: Value...) throws(DatabaseError) -> Int64? {
        let statement = try statement(sql, binding: values)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.integer(0)
    }

    private func prepared(_ sql: String) throws(DatabaseError) -> Statement {
        if let kept = unsafe cache.take(sql) {
            return unsafe Statement(pointer: kept, sql: sql, cache: cache)
        }
        var pointer: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        try check(
            unsafe sqlite3_prepare_v3(handle, sql, -1, flags, &pointer, nil),
            "prepare \(brief(sql))"
        )
        guard let pointer = unsafe pointer else {
            throw DatabaseError(
                code: .misuse,
                extendedCode: SQLITE_MISUSE,
                message: "There is no statement in: \(brief(sql))"
            )
        }
        return unsafe Statement(pointer: pointer, sql: sql, cache: cache)
    }
}

extension Database {
    /// The rows that the last INSERT, UPDATE or DELETE changed.
    public var changedRowCount: Int { Int(unsafe sqlite3_changes64(handle)) }

    /// The row id that the last INSERT gave.
    public var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Whether a transaction is open.
    public var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// Statements made and not yet finalised, kept ones included.
    package var statementCount: Int {
        var count = 0
        var next = unsafe sqlite3_next_stmt(handle, nil)
        while let statement = unsafe next {
            count += 1
            unsafe next = sqlite3_next_stmt(handle, statement)
        }
        return count
    }
}

/// The beginning of a statement on one line, to tell which one failed.
func brief(_ sql: String) -> String {
    String(sql.prefix(60).map { $0.isNewline ? " " : $0 })
}
