import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct `A damaged library` {
    enum Damage: String, CaseIterable, CustomTestStringConvertible {
        case textInItsPlace, empty, anotherDatabase, headerOnly, cutInTheMiddle, pagesOfZeros

        var testDescription: String { rawValue }

        func apply(to library: URL) throws {
            switch self {
            case .textInItsPlace:
                try Data("Dear diary,\n\ntoday I lost a library.\n".utf8).write(to: library)
            case .empty: try Data().write(to: library)
            case .anotherDatabase:
                try FileManager.default.removeItem(at: library)
                let database = try Database(path: library.path, mode: .create)
                try database.execute("CREATE TABLE recipe (name TEXT) STRICT")
            case .headerOnly: try Data(contentsOf: library).prefix(100).write(to: library)
            case .cutInTheMiddle:
                let bytes = try Data(contentsOf: library)
                try bytes.prefix(bytes.count / 2).write(to: library)
            case .pagesOfZeros:
                var bytes = try Data(contentsOf: library)
                bytes.replaceSubrange(4096..<40_960, with: Data(count: 40_960 - 4096))
                try bytes.write(to: library)
            }
        }
    }

    static let commands = [
        ["list"], ["status"], ["search", "words"], ["verify"], ["doctor"], ["doctor", "--rebuild"],
        ["export", "--format", "json"], ["import", "../new.md"],
    ]

    @Test(arguments: Damage.allCases) func `is told from a sound one, and left as it is`(
        _ damage: Damage
    ) throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            _ = try machine.imported("One")
            try Data("# New\n\nSome words.\n".utf8).write(to: folder.appending(path: "new.md"))
            try damage.apply(to: machine.library)
            for command in Self.commands {
                let outcome = try machine.refuse(
                    command,
                    with: 7,
                    saying: ["library.sqlite3", "hint:"]
                )
                #expect(!outcome.errors.contains("PRAGMA"))
            }
        }
    }

    @Test func `of a newer galley is left alone`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            try change(machine, "PRAGMA user_version = 99")
            try machine.refuse(["list"], with: 9, saying: ["newer", "Install"])
        }
    }

    @Test func `never makes a command crash, wherever a byte was turned`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            for number in 1...4 { _ = try machine.imported("Article \(number)") }
            let sound = try Data(contentsOf: machine.library)
            let hash = try machine.stateHash()
            var random = SeededRandom(seed: 20)
            var noticed = 0
            for page in 0..<sound.count / 4096 {
                var bytes = sound
                // The beginning of a page says how the rest of it is to be read.
                let isNearTheStart = Bool.random(using: &random)
                let place =
                    page * 4096 + Int.random(in: 0..<(isNearTheStart ? 16 : 4096), using: &random)
                bytes[place] ^= UInt8.random(in: 1...255, using: &random)
                try bytes.write(to: machine.library)
                let verified = try machine.run([Program.galley.path, "verify"])
                let doctor = try machine.run([Program.galley.path, "doctor"])
                for outcome in [verified, doctor] {
                    #expect(
                        [0, 6, 7, 9].contains(outcome.status),
                        "byte \(place): \(outcome.errors)"
                    )
                }
                if verified.status != 0 || doctor.status != 0 { noticed += 1 }
                if verified.status == 0, doctor.status == 0 {
                    // What nobody noticed must have been of no account.
                    #expect(doctor.output.contains(hash))
                }
                #expect(try Data(contentsOf: machine.library) == bytes)
            }
            #expect(noticed > 10)
        }
    }

    @Test(arguments: [
        ("UPDATE entry SET body = zeroblob(8) WHERE seq = 1", "body"),
        (
            "UPDATE entry SET header = CAST(substr(header, 1, length(header) - 8) || x'0102030405060708' AS BLOB)",
            "signature"
        ),
        ("UPDATE entry SET seq = seq + 1 WHERE seq > 0", "header"),
        ("DELETE FROM entry WHERE seq = 1", "waits for the one before it"),
    ]) func `in what was signed is found by verify`(statement: String, phrase: String) throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            for number in 1...3 { _ = try machine.imported("Article \(number)") }
            try machine.succeed("verify")
            try change(machine, statement)
            let bytes = try Data(contentsOf: machine.library)
            for words in [["verify"], ["verify", "--json"]] {
                let outcome = try machine.run([Program.galley.path] + words)
                #expect(outcome.status == 7)
                #expect((outcome.output + outcome.errors).contains(phrase))
            }
            #expect(try Data(contentsOf: machine.library) == bytes)
        }
    }

    @Test func `in its membership log is found by verify`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            _ = try machine.imported("One")
            try change(
                machine,
                "UPDATE member SET record = CAST(substr(record, 1, length(record) - 8) || x'0102030405060708' AS BLOB)"
            )
            let bytes = try Data(contentsOf: machine.library)
            let outcome = try machine.galley("verify")
            #expect(outcome.status == 7)
            #expect((outcome.output + outcome.errors).contains("signature"))
            #expect(try Data(contentsOf: machine.library) == bytes)
            // A record that cannot be read at all stops everything.
            try change(machine, "UPDATE member SET record = zeroblob(100)")
            for command in Self.commands {
                try machine.refuse(command, with: 7, saying: ["member"])
            }
        }
    }

    @Test(arguments: [
        ("UPDATE article SET title = 'Something else'", "article"),
        ("DELETE FROM article_state", "article_state"),
        ("INSERT INTO tag (article, tag) SELECT row, 'false' FROM article", "tag"),
        ("UPDATE change SET fault = 1", "change"),
    ]) func `in what follows from the log is found by doctor, and made good`(
        statement: String,
        table: String
    ) throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let article = try machine.imported("One")
            try machine.succeed("tag", article, "+ferries")
            let hash = try machine.stateHash()
            let shown = try machine.succeed("show", article).output
            try machine.succeed("doctor")
            try change(machine, statement)
            let damaged = try Data(contentsOf: machine.library)
            let looked = try machine.galley("doctor")
            #expect(looked.status == 7)
            #expect(looked.output.contains("\(table):"))
            #expect(looked.errors.contains("--rebuild"))
            #expect(try Data(contentsOf: machine.library) == damaged)

            let report = try machine.galley("doctor", "--rebuild", "--json")
            #expect(report.status == 0)
            #expect(try report.json["repaired"] as? Bool == true)
            #expect(try (report.json["differing"] as? [String])?.contains(table) == true)
            #expect(try machine.succeed("doctor", "--json").json["sound"] as? Bool == true)
            #expect(try machine.stateHash() == hash)
            #expect(try machine.succeed("show", article).output == shown)
        }
    }

    private func change(_ machine: Machine, _ statements: String) throws {
        let database = try Database(path: machine.library.path, mode: .readWrite)
        try database.execute(statements)
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
