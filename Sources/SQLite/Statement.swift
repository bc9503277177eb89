import CSQLite

/// A compiled statement with its values and its current row.
///
/// Goes back to its connection's cache, reset, when the value goes away.
@safe
public struct Statement: ~Copyable {
    let pointer: OpaquePointer
    let sql: String
    let cache: StatementCache

    init(pointer: OpaquePointer, sql: String, cache: StatementCache) {
        unsafe self.pointer = pointer
        self.sql = sql
        self.cache = cache
    }

    deinit {
        unsafe sqlite3_reset(pointer)
        unsafe sqlite3_clear_bindings(pointer)
        unsafe cache.giveBack(pointer, sql: sql)
    }

    private func check(_ result: Int32) throws(DatabaseError) {
        guard result != SQLITE_OK else { return }
        throw failure(result)
    }

    private func failure(_ result: Int32) -> DatabaseError {
        let text = brief(sql)
        return unsafe DatabaseError(result, doing: "run \(text)", on: sqlite3_db_handle(pointer))
    }
}

// MARK: - Values

extension Statement {
    /// Gives the parameter `index`, counted from 1, a value.
    public borrowing func bind(_ value: Value, at index: Int32) throws(DatabaseError) {
        switch value {
        case .null: try check(unsafe sqlite3_bind_null(pointer, index))
        case .integer(let integer): try check(unsafe sqlite3_bind_int64(pointer, index, integer))
        case .text(let text): try bind(text: Array(text.utf8), at: index)
        case .utf8(let text): try bind(text: text, at: index)
        case .bytes(let bytes): try bind(bytes: bytes, at: index)
        }
    }

    private borrowing func bind(text: [UInt8], at index: Int32) throws(DatabaseError) {
        let result = unsafe text.withUnsafeBufferPointer { buffer in
            // An empty array may have no address, which SQLite would take for NULL.
            unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                if let base = characters.baseAddress, !characters.isEmpty {
                    unsafe sqlite3_bind_text64(
                        pointer,
                        index,
                        base,
                        UInt64(characters.count),
                        galley_sqlite3_transient(),
                        UInt8(SQLITE_UTF8)
                    )
                } else {
                    unsafe sqlite3_bind_text64(
                        pointer,
                        index,
                        "",
                        0,
                        galley_sqlite3_transient(),
                        UInt8(SQLITE_UTF8)
                    )
                }
            }
        }
        try check(result)
    }

    private borrowing func bind(bytes: [UInt8], at index: Int32) throws(DatabaseError) {
        let result = unsafe bytes.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress, !buffer.isEmpty {
                unsafe sqlite3_bind_blob64(
                    pointer,
                    index,
                    base,
                    UInt64(buffer.count),
                    galley_sqlite3_transient()
                )
            } else {
                unsafe sqlite3_bind_zeroblob(pointer, index, 0)
            }
        }
        try check(result)
    }
}

// MARK: - Rows

extension Statement {
    /// Goes on to the next row; false where there is none left.
    public borrowing func step() throws(DatabaseError) -> Bool {
        let result = unsafe sqlite3_step(pointer)
        switch result {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(result)
        }
    }

    /// Runs the statement, which gives no rows, with its parameters bound to `values` in order; for
    /// one that is kept, as often as wanted.
    public borrowing func run(_ values: Value...) throws(DatabaseError) {
        reset()
        var index: Int32 = 1
        for value in values {
            try bind(value, at: index)
            index += 1
        }
        defer { reset() }
        while try step() {}
    }

    /// Makes the statement ready to run again with the values it has.
    public borrowing func reset() {
        // The result repeats the failure of the last step, which was reported then.
        unsafe sqlite3_reset(pointer)
    }

    /// The number of columns a row has.
    public var columnCount: Int32 { unsafe sqlite3_column_count(pointer) }

    /// Whether a column, counted from 0, of the current row is NULL.
    public borrowing func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(pointer, column) == SQLITE_NULL
    }

    /// A column of the current row as an integer; 0 where it is none.
    public borrowing func integer(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(pointer, column)
    }

    /// A column of the current row as an integer, or nil where it is NULL.
    public borrowing func integer(ifAny column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    /// A column of the current row as text; ill-formed UTF-8 is repaired.
    public borrowing func text(_ column: Int32) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    /// A column of the current row as bytes (a text gives its UTF-8), empty where it is NULL.
    public borrowing func bytes(_ column: Int32) -> [UInt8] {
        guard let base = unsafe sqlite3_column_blob(pointer, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(pointer, column))
        return unsafe Array(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// A column of the current row as bytes, or nil where it is NULL.
    public borrowing func bytes(ifAny column: Int32) -> [UInt8]? {
        isNull(column) ? nil : bytes(column)
    }
}
