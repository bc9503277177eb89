import Foundation
import SQLite
import Testing

/// The file of a replica, looked at from outside, whoever has it open.
struct ReplicaFile {
    let path: String

    /// The place of one entry in its chain, and which it is.
    struct Place: Hashable {
        let chain: [UInt8]
        let sequence: Int64
    }

    private func open() throws -> Database { try Database(path: path, mode: .readOnly) }

    /// SQLite's own check of every page.
    func checkIntegrity(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let database = try open()
        let statement = try database.statement("PRAGMA integrity_check")
        #expect(try statement.step(), sourceLocation: sourceLocation)
        #expect(statement.text(0) == "ok", sourceLocation: sourceLocation)
    }

    /// The ids of all entries by their places; a place with two is a number that was used again.
    func entries() throws -> [Place: Set<[UInt8]>] {
        let database = try open()
        let statement = try database.statement("SELECT chain, seq, id FROM entry")
        var result: [Place: Set<[UInt8]>] = [:]
        while try statement.step() {
            let place = Place(chain: statement.bytes(0), sequence: statement.integer(1))
            result[place, default: []].insert(statement.bytes(2))
        }
        return result
    }

    func entryCount() throws -> Int64 { try integer("SELECT count(*) FROM entry") }

    func unplacedCount() throws -> Int64 { try integer("SELECT count(*) FROM unplaced") }

    /// How far it has followed its only hub, or how far it goes where it is the hub's.
    func position() throws -> Int64 {
        try integer("SELECT max(position) FROM hub_log")
    }

    func accumulator(at position: Int64) throws -> [UInt8]? {
        let database = try open()
        let statement = try database.statement(
            "SELECT accumulator FROM hub_log WHERE position = ?",
            .integer(position)
        )
        return try statement.step() ? statement.bytes(0) : nil
    }

    private func integer(_ sql: String) throws -> Int64 {
        let database = try open()
        return try database.integer(sql) ?? 0
    }
}
