import SQLite
import TestSupport
import Testing

@Suite("Copies of a database")
struct DatabaseCopyTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ name: String) throws -> Database {
        let database = try Database(path: folder.file(name), mode: .create)
        try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
        try database.execute("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, value BLOB)")
        return database
    }

    private func fill(_ database: borrowing Database, _ count: Int) throws {
        try database.begin(.immediate)
        for _ in 0..<count {
            try database.run(
                "INSERT INTO item (value) VALUES (?)",
                .bytes([UInt8](repeating: 7, count: 2000))
            )
        }
        try database.commit()
    }

    @Test func holdTheWholeOfTheMomentWhileOthersWrite() throws {
        let source = try open("source.db")
        // More pages than one step copies.
        try fill(source, 10_000)
        let other = try Database(path: folder.file("source.db"), mode: .readWrite)
        try source.begin(.deferred)
        #expect(try source.integer("SELECT count(*) FROM item") == 10_000)
        // What others write after the transaction's first look is no part of the copy.
        try fill(other, 10)
        let copy = try Database(path: folder.file("copy.db"), mode: .create)
        try source.copy(into: copy)
        source.rollBack()
        #expect(try copy.integer("SELECT count(*) FROM item") == 10_000)
        #expect(try source.integer("SELECT count(*) FROM item") == 10_010)
        let check = try copy.statement("PRAGMA integrity_check")
        #expect(try check.step())
        #expect(check.text(0) == "ok")
    }

    @Test func takeThePlaceOfAllThatWasThere() throws {
        let source = try open("source.db")
        try fill(source, 3)
        let target = try open("target.db")
        try fill(target, 500)
        let onlooker = try Database(path: folder.file("target.db"), mode: .readOnly)
        #expect(try onlooker.integer("SELECT count(*) FROM item") == 500)
        try source.copy(into: target)
        #expect(try target.integer("SELECT count(*) FROM item") == 3)
        #expect(try onlooker.integer("SELECT count(*) FROM item") == 3)
        let isOpen = source.isInTransaction
        #expect(!isOpen)
    }

    @Test func areNotMadeWhereTheTargetIsBeingWritten() throws {
        let source = try open("source.db")
        try fill(source, 3)
        let target = try open("target.db")
        try fill(target, 5)
        let writer = try Database(path: folder.file("target.db"), mode: .readWrite)
        try writer.begin(.immediate)
        let waiting = try Database(
            path: folder.file("target.db"),
            mode: .readWrite,
            busyTimeoutMilliseconds: 0
        )
        var code: DatabaseError.Code?
        do throws(DatabaseError) { try source.copy(into: waiting) } catch { code = error.code }
        #expect(code == .busy)
        writer.rollBack()
        #expect(try target.integer("SELECT count(*) FROM item") == 5)
        let isOpen = source.isInTransaction
        #expect(!isOpen)
    }
}
