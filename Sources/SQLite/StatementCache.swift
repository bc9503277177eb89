import CSQLite

/// Compiled statements that are not in use, by their SQL.
///
/// Owns the pointers it keeps. A statement that is given back after the connection was closed is
/// finalised at once.
@safe
final class StatementCache {
    private var kept: [String: OpaquePointer] = unsafe [:]
    private var isClosed = false

    /// Hands out a kept statement, which the caller owns from then on.
    func take(_ sql: String) -> OpaquePointer? {
        unsafe kept.removeValue(forKey: sql)
    }

    /// Keeps a statement that is reset and has no values bound, or finalises it.
    func giveBack(_ pointer: OpaquePointer, sql: String) {
        let hasOne = unsafe kept[sql] != nil
        if isClosed || hasOne {
            unsafe sqlite3_finalize(pointer)
        } else {
            unsafe kept[sql] = pointer
        }
    }

    /// Finalises all that is kept.
    func close() {
        isClosed = true
        unsafe kept.values.forEach { unsafe sqlite3_finalize($0) }
        unsafe kept = [:]
    }
}
