import SQLite
import Simulation
import TestSupport
import Testing

@Suite("A simulated disk")
struct DiskTests {
    private let fileSystem = SimulatedFileSystem()

    private func makeDisk(seed: UInt64 = 1) -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        fileSystem.disks["disk"] = disk
        return disk
    }

    private func open(synchronous: String = "FULL") throws -> Database {
        let database = try Database(
            path: "disk/numbers.db",
            mode: .create,
            fileSystem: fileSystem.name
        )
        try database.execute("PRAGMA synchronous = \(synchronous)")
        // Checkpoints, too, have to come where something can go wrong.
        try database.execute("PRAGMA wal_autocheckpoint = 12")
        return database
    }

    private func setUp(_ database: borrowing Database) throws {
        try database.execute("PRAGMA journal_mode = WAL")
        try database.execute("CREATE TABLE IF NOT EXISTS number (value INTEGER PRIMARY KEY, pad)")
    }

    private func insert(_ value: Int, _ database: borrowing Database) throws {
        try database.transaction { () throws(DatabaseError) in
            try database.run(
                "INSERT INTO number VALUES (?, ?)",
                .integer(value),
                .bytes([UInt8](repeating: UInt8(truncatingIfNeeded: value), count: 900))
            )
        }
    }

    /// Commits numbers until the machine crashes at call `crash`; gives how many commits returned,
    /// and how many numbers are there after the restart.
    private func crash(
        at crash: Int,
        _ disk: SimulatedDisk,
        synchronous: String = "FULL",
        mayBeDamaged: Bool = false
    ) throws -> (committed: Int, found: Int) {
        var committed = 0
        do {
            let database = try open(synchronous: synchronous)
            try setUp(database)
            disk.faults.crashAfter = crash
            for value in 1...60 {
                try insert(value, database)
                committed = value
            }
            disk.crash()
        } catch let error as DatabaseError {
            #expect(disk.hasCrashed, "\(error)")
        }
        disk.restart()
        let database = try open()
        let isSound = try database.statement("PRAGMA integrity_check").firstText == "ok"
        guard isSound || !mayBeDamaged else { return (committed, 0) }
        #expect(isSound)
        let found = try database.integer("SELECT count(*) FROM number") ?? 0
        let last = try database.integer("SELECT max(value) FROM number") ?? 0
        #expect(found == last, "what survives is a prefix")
        return (committed, Int(found))
    }

    @Test("loses no commit that was synced, wherever the machine crashes")
    func fullLosesNothing() throws {
        var kept = 0
        for call in 1...400 {
            let disk = makeDisk(seed: UInt64(call))
            let (committed, found) = try crash(at: call, disk)
            #expect(found == committed || found == committed + 1, "call \(call)")
            kept += disk.events.keptSectors
        }
        // Some of what nobody waited for survived as well, in pieces.
        #expect(kept > 0)
    }

    @Test("loses commits that were not synced, so it can tell FULL from NORMAL")
    func normalLosesCommits() throws {
        var lost = 0
        for call in 100...200 {
            let (committed, found) = try crash(
                at: call,
                makeDisk(seed: UInt64(call)),
                synchronous: "NORMAL"
            )
            if found < committed { lost += 1 }
        }
        #expect(lost > 10)
    }

    @Test("that lies about syncs loses commits, so it is the syncs that keep them")
    func lyingDisk() throws {
        var lost = 0
        for call in 100...200 {
            let disk = makeDisk(seed: UInt64(call))
            disk.ignoresSyncs = true
            // What was made may be lost altogether.
            guard let (committed, found) = try? crash(at: call, disk, mayBeDamaged: true) else {
                lost += 1
                continue
            }
            if found < committed { lost += 1 }
        }
        #expect(lost > 50)
    }

    @Test("that fails any one call leaves a clean error or the right result")
    func failures() throws {
        var failureCount = 0
        for call in 1...300 {
            let disk = makeDisk()
            var done: [Int64] = []
            let database = try open()
            try setUp(database)
            disk.faults.failAfter = call
            disk.faults.failCount = 1
            for value in 1...30 {
                do {
                    try insert(value, database)
                    done.append(Int64(value))
                } catch {
                    failureCount += 1
                    #expect((error as? DatabaseError)?.code == .ioError)
                }
            }
            let rows = try database.statement("SELECT value FROM number ORDER BY value")
            var found: [Int64] = []
            while try rows.step() { found.append(rows.integer(0)) }
            #expect(found == done, "call \(call)")
        }
        #expect(failureCount > 100)
    }

    @Test("that is full or stops writing halfway refuses, and goes on when there is room")
    func full() throws {
        for call in 1...40 {
            let disk = makeDisk()
            let database = try open()
            try setUp(database)
            disk.faults.shortWriteAfter = call
            var done = 0
            for value in 1...20 where (try? insert(value, database)) != nil { done += 1 }
            #expect(disk.events.shortWrites == 1)
            disk.faults.capacity = disk.usedByteCount
            #expect(throws: DatabaseError.self) {
                for value in 100...200 { try insert(value, database) }
            }
            #expect(disk.events.refusals > 0)
            disk.faults.capacity = nil
            try insert(1_000, database)
            let count = try database.integer("SELECT count(*) FROM number WHERE value <= 20")
            #expect(count == Int64(done))
            #expect(try database.statement("PRAGMA integrity_check").firstText == "ok")
        }
    }

    @Test("flips a bit of what is read, once")
    func flippedBit() throws {
        let disk = makeDisk()
        disk.put(FileImage([UInt8](repeating: 0x55, count: 100)), as: "numbers.db")
        disk.faults.flipAfter = 1
        #expect(throws: DatabaseError.self) {
            let database = try open()
            _ = try database.integer("SELECT count(*) FROM sqlite_schema")
        }
        #expect(disk.events.flips == 1)
        #expect(disk.image(of: "numbers.db")?.bytes == [UInt8](repeating: 0x55, count: 100))
    }

    @Test("keeps connections to one file apart by SQLite's own locks")
    func locks() throws {
        _ = makeDisk()
        let one = try open()
        try setUp(one)
        let two = try open()
        try one.begin(.immediate)
        try one.run("INSERT INTO number VALUES (1, '')")
        #expect(throws: DatabaseError.self) { try two.begin(.immediate) }
        #expect(try two.integer("SELECT count(*) FROM number") == 0)
        try one.commit()
        #expect(try two.integer("SELECT count(*) FROM number") == 1)
        try insert(2, two)
        #expect(try one.integer("SELECT count(*) FROM number") == 2)
    }

    @Test("replaces a file as a whole, wherever the machine crashes")
    func replacing() throws {
        var outcomes: Set<[UInt8]> = []
        for seed in 0..<40 as Range<UInt64> {
            for call in 1...5 {
                let disk = makeDisk(seed: seed)
                try disk.replace("file", with: [1, 1, 1])
                disk.faults.crashAfter = call
                let isDone = (try? disk.replace("file", with: [2, 2])) != nil
                disk.crash()
                disk.restart()
                let found = try #require(try disk.contents(of: "file"))
                #expect(found == [2, 2] || !isDone && found == [1, 1, 1])
                outcomes.insert(found)
            }
        }
        #expect(outcomes.count == 2)
    }
}

extension Statement {
    /// The first column of the first row.
    fileprivate var firstText: String? {
        get throws { try step() ? text(0) : nil }
    }
}
