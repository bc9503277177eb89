import CSQLite
import Glibc

extension DatabaseError {
    /// Reads the failure that the last call on `handle` ended in.
    ///
    /// To be made right after that call, before any other on the same connection.
    init(_ result: Int32, doing operation: String, on handle: OpaquePointer?) {
        let extended = unsafe Self.extendedResult(of: handle, or: result)
        let code = Code(result: extended, systemError: unsafe sqlite3_system_errno(handle))
        let reason: String
        if let handle = unsafe handle, let text = unsafe sqlite3_errmsg(handle) {
            reason = unsafe String(cString: text)
        } else if let text = unsafe sqlite3_errstr(result) {
            reason = unsafe String(cString: text)
        } else {
            reason = "result \(result)"
        }
        self.init(
            code: code,
            extendedCode: extended,
            message: "Could not \(operation): \(reason). \(code.advice)"
        )
    }

    private static func extendedResult(of handle: OpaquePointer?, or result: Int32) -> Int32 {
        guard let handle = unsafe handle else { return result }
        let extended = unsafe sqlite3_extended_errcode(handle)
        // The connection may remember another failure than the one at hand.
        return extended & 0xFF == result & 0xFF ? extended : result
    }
}

extension DatabaseError.Code {
    init(result: Int32, systemError: Int32) {
        switch result & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_FULL: self = .full
        case SQLITE_CORRUPT: self = .corrupt
        case SQLITE_NOTADB: self = .notADatabase
        case SQLITE_READONLY: self = .readOnly
        case SQLITE_CANTOPEN:
            switch systemError {
            case ENOENT, ENOTDIR: self = .missing
            case EACCES, EPERM: self = .noPermission
            default: self = .cannotOpen
            }
        case SQLITE_PERM, SQLITE_AUTH: self = .noPermission
        case SQLITE_CONSTRAINT: self = .constraint
        case SQLITE_IOERR: self = [ENOSPC, EDQUOT, EFBIG].contains(systemError) ? .full : .ioError
        case SQLITE_TOOBIG: self = .tooLarge
        case SQLITE_NOMEM: self = .outOfMemory
        case SQLITE_INTERRUPT, SQLITE_ABORT: self = .interrupted
        default: self = .misuse
        }
    }
}
