import Foundation
import SQLite
import TestSupport
import Testing

@Suite("Database failures")
struct DatabaseFailureTests {
    let folder: TemporaryFolder
    var path: String { folder.file("test.db") }

    init() throws { folder = try TemporaryFolder() }

    func makeDatabase() throws -> Database {
        let database = try Database(path: path, mode: .create, busyTimeoutMilliseconds: 0)
        try database.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, value ANY) STRICT")
        return database
    }

    func code<Result: ~Copyable>(_ body: () throws -> Result) -> DatabaseError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? DatabaseError)?.code
        }
    }

    @Test func aMissingFileIsMissingUnlessItMayBeMade() throws {
        #expect(code { try Database(path: path, mode: .readWrite) } == .missing)
        #expect(code { try Database(path: path, mode: .readOnly) } == .missing)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(code { try Database(path: path, mode: .create) } == nil)
        #expect(code { try Database(path: folder.file("no/test.db"), mode: .create) } == .missing)
    }

    @Test func aFolderCannotBeOpened() {
        #expect(code { try Database(path: folder.path, mode: .readWrite) } == .cannotOpen)
    }

    @Test func anotherFileIsNoDatabase() throws {
        try String(repeating: "no database at all\n", count: 100)
            .write(toFile: path, atomically: true, encoding: .utf8)
        let database = try Database(path: path, mode: .readWrite)
        #expect(
            code { try database.integer("SELECT count(*) FROM sqlite_schema") } == .notADatabase
        )
    }

    @Test func aSecondWriterIsToldThatTheFirstIsBusy() throws {
        let first = try makeDatabase()
        let second = try Database(path: path, mode: .readWrite, busyTimeoutMilliseconds: 0)
        try first.begin(.immediate)
        #expect(code { try second.begin(.immediate) } == .busy)
        let isInTransaction = second.isInTransaction
        #expect(!isInTransaction)
        first.rollBack()
        #expect(code { try second.begin(.immediate) } == nil)
        second.rollBack()
    }

    @Test func aFullDiskTakesTheWholeTransactionBack() throws {
        let database = try makeDatabase()
        try database.run("INSERT INTO item (value) VALUES (1)")
        try database.execute("PRAGMA max_page_count = 20")
        let large = Value.bytes([UInt8](repeating: 7, count: 20_000))
        #expect(
            code {
                try database.transaction { () throws(DatabaseError) in
                    for _ in 0..<100 {
                        try database.run("INSERT INTO item (value) VALUES (?)", large)
                    }
                }
            } == .full
        )
        let isInTransaction = database.isInTransaction
        #expect(!isInTransaction)
        #expect(try database.integer("SELECT count(*) FROM item") == 1)
        try database.execute("PRAGMA max_page_count = 2000")
        try database.run("INSERT INTO item (value) VALUES (?)", large)
        #expect(try database.integer("SELECT count(*) FROM item") == 2)
    }

    @Test func overwrittenPagesAreFoundCorrupt() throws {
        do {
            let database = try makeDatabase()
            for number in 0..<2_000 {
                try database.run("INSERT INTO item (value) VALUES (?)", .text("row \(number)"))
            }
        }
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try file.close()
        let database = try Database(path: path, mode: .readWrite)
        #expect(code { try database.integer("SELECT count(value) FROM item") } == .corrupt)
    }

    @Test func aMessageSaysWhatWhyAndWhatToDo() throws {
        do {
            _ = try Database(path: path, mode: .readOnly)
            Issue.record("a missing file was opened")
        } catch {
            #expect(error.message.contains(path))
            #expect(error.message.contains("unable to open"))
            #expect(error.message.contains("Check the path"))
        }
    }
}
