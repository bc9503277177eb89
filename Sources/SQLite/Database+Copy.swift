import CSQLite

extension Database {
    /// Copies this whole database into `destination`, in place of all that is there.
    ///
    /// What is copied is the file as of one moment: that of the transaction that is open here, else
    /// the moment of the call. Others may read and write it meanwhile; those who have the
    /// destination open see the old contents until all of the new are there. All of it is copied,
    /// or nothing.
    public func copy(into destination: borrowing Database) throws(DatabaseError) {
        let holdsMoment = !isInTransaction
        if holdsMoment {
            try begin(.deferred)
            // A transaction begins with its first look at the file.
            do { _ = try integer("SELECT count(*) FROM sqlite_schema") } catch {
                rollBack()
                throw error
            }
        }
        defer { if holdsMoment { rollBack() } }
        let target = unsafe destination.handle
        guard let work = unsafe sqlite3_backup_init(target, "main", handle, "main") else {
            let result = unsafe sqlite3_errcode(target)
            throw unsafe DatabaseError(result, doing: "copy to \(destination.path)", on: target)
        }
        var result = SQLITE_OK
        while result == SQLITE_OK { result = unsafe sqlite3_backup_step(work, Self.copyPageCount) }
        // It repeats the failure of the last step, and says of which kind it was.
        let end = unsafe sqlite3_backup_finish(work)
        guard result == SQLITE_DONE, end == SQLITE_OK else {
            let failure = result == SQLITE_DONE ? end : result
            throw unsafe DatabaseError(failure, doing: "copy to \(destination.path)", on: target)
        }
    }

    /// Pages copied in one step.
    private static let copyPageCount: Int32 = 4_096
}
