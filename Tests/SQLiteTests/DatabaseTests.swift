import Foundation
import SQLite
import TestSupport
import Testing

@Suite("Database")
struct DatabaseTests {
    let folder: TemporaryFolder
    var path: String { folder.file("test.db") }

    init() throws { folder = try TemporaryFolder() }

    func makeDatabase() throws -> Database {
        let database = try Database(path: path, mode: .create, busyTimeoutMilliseconds: 0)
        try database.execute("PRAGMA journal_mode = WAL")
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

    @Test func givesBackWhatWasBound() throws {
        let database = try makeDatabase()
        let values: [Value] = [
            .null, .integer(Int64.min), .integer(Int64.max), .text("dröge\n𝄞"), .text(""),
            .utf8(Array("é".utf8)), .bytes([0, 255, 0]), .bytes([]),
        ]
        for value in values { try database.run("INSERT INTO item (value) VALUES (?)", value) }
        let statement = try database.statement("SELECT value, typeof(value) FROM item ORDER BY id")
        func next() throws -> (bytes: [UInt8]?, integer: Int64, type: String) {
            try #require(try statement.step())
            return (statement.bytes(ifAny: 0), statement.integer(0), statement.text(1))
        }
        #expect(try next() == (nil, 0, "null"))
        #expect(try next().integer == Int64.min)
        #expect(try next().integer == Int64.max)
        #expect(try next().bytes == Array("dröge\n𝄞".utf8))
        let empty = try next()
        #expect(empty.bytes == [] && empty.type == "text")
        #expect(try next().bytes == Array("é".utf8))
        #expect(try next().bytes == [0, 255, 0])
        let emptyBlob = try next()
        #expect(emptyBlob.bytes == [] && emptyBlob.type == "blob")
        #expect(try !statement.step())
    }

    @Test func usesACompiledStatementAgain() throws {
        let database = try makeDatabase()
        for number in 0..<10 {
            try database.run("INSERT INTO item (value) VALUES (?)", .integer(number))
        }
        let before = database.statementCount
        for number in 10..<20 {
            try database.run("INSERT INTO item (value) VALUES (?)", .integer(number))
        }
        let after = database.statementCount
        #expect(after == before)
        #expect(try database.integer("SELECT sum(value) FROM item") == 190)
    }

    @Test func givesTwoUsersOfOneTextAStatementEach() throws {
        let database = try makeDatabase()
        try database.run("INSERT INTO item (value) VALUES (1), (2)")
        let sql = "SELECT value FROM item ORDER BY id"
        let outer = try database.statement(sql)
        var pairs: [[Int64]] = []
        while try outer.step() {
            let inner = try database.statement(sql)
            while try inner.step() { pairs.append([outer.integer(0), inner.integer(0)]) }
        }
        #expect(pairs == [[1, 1], [1, 2], [2, 1], [2, 2]])
    }

    @Test func keepsNoValueFromTheLastUse() throws {
        let database = try makeDatabase()
        try database.run("INSERT INTO item (value) VALUES (?)", .text("kept?"))
        try database.run("INSERT INTO item (value) VALUES (?)")
        #expect(try database.integer("SELECT count(*) FROM item WHERE value IS NULL") == 1)
    }

    @Test func letsGoOfTheFileOnceClosed() throws {
        func openCount() throws -> Int {
            let folder = "/proc/self/fd"
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .compactMap {
                    try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
                }
                .count { $0.hasPrefix(path) }
        }
        do {
            let database = try makeDatabase()
            let statement = try database.statement("SELECT count(*) FROM item")
            #expect(try statement.step())
            try database.run("INSERT INTO item (value) VALUES (7)")
            #expect(try openCount() > 0)
        }
        #expect(try openCount() == 0)
    }

    @Test func aStatementMayOutliveItsConnection() throws {
        func makeStatement() throws -> Statement {
            let database = try makeDatabase()
            try database.run("INSERT INTO item (value) VALUES (7)")
            return try database.statement("SELECT value FROM item")
        }
        let statement = try makeStatement()
        #expect(try statement.step())
        let value = statement.integer(0)
        #expect(value == 7)
    }

    @Test func aTransactionThatThrowsKeepsNothing() throws {
        let database = try makeDatabase()
        #expect(
            code {
                try database.transaction { () throws(DatabaseError) in
                    try database.run("INSERT INTO item (id, value) VALUES (1, 1)")
                    try database.run("INSERT INTO item (id, value) VALUES (1, 2)")
                }
            } == .constraint
        )
        let isInTransaction = database.isInTransaction
        #expect(!isInTransaction)
        #expect(try database.integer("SELECT count(*) FROM item") == 0)
        try database.transaction { () throws(DatabaseError) in
            try database.run("INSERT INTO item (id, value) VALUES (1, 1)")
        }
        #expect(try database.integer("SELECT count(*) FROM item") == 1)
    }

    @Test func refusesDoubleQuotedStringsAndTrustedSchemas() throws {
        let database = try makeDatabase()
        #expect(code { try database.run("SELECT \"no such column\"") } == .misuse)
        #expect(try database.integer("PRAGMA trusted_schema") == 0)
        // DEFENSIVE: the schema table cannot be written.
        try database.execute("PRAGMA writable_schema = ON")
        #expect(code { try database.execute("DELETE FROM sqlite_schema") } != nil)
    }
}
