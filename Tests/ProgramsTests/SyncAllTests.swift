import Foundation
import TestSupport
import Testing

/// `galley sync --all` against real hubs.
@Suite("galley sync --all", .timeLimit(.minutes(2)))
struct SyncAllTests {
    /// One more library of a machine, registered at `hub`.
    private func addLibrary(_ name: String, to machine: Machine, at hub: TestHub) throws {
        let path = machine.home.appending(path: "elsewhere/\(name).sqlite3").path
        try machine.succeed("init", "--name", name, "--user", "ada", "--library", path)
        try machine.succeed(
            "remote",
            "add",
            hub.address,
            "--key",
            hub.key,
            "--claim",
            try hub.newClaim(),
            "--library",
            path
        )
        let text = try machine.file("texts/\(name).md", "# \(name)\n\nWords.\n")
        try machine.succeed("import", text, "--library", path)
    }

    private func libraries(_ outcome: Machine.Outcome) throws -> [[String: Any]] {
        try #require(try outcome.json["libraries"] as? [[String: Any]])
    }

    @Test("syncs every library that was synced before, wherever it lies")
    func all() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let machine = try hub.registeredMachine(in: folder)
            try addLibrary("Second", to: machine, at: hub)
            try addLibrary("Third", to: machine, at: hub)
            try machine.imported("First")
            let outcome = try machine.succeed("sync", "--all", "--json")
            let found = try libraries(outcome)
            #expect(found.compactMap { $0["name"] as? String } == ["Articles", "Second", "Third"])
            for library in found {
                let sync = try #require(library["sync"] as? [String: Any])
                #expect(sync["sent"] as? Int == 2)
            }
            let again = try machine.succeed("sync", "--all")
            #expect(again.output.split(separator: "\n").count == 3)
            #expect(again.output.contains("Second, \(hub.address): sent 0"))
            try hub.stop()
        }
    }

    @Test("goes on with other hubs where one is gone, and says so by its exit code")
    func partly() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let gone = try TestHub(in: folder, named: "gone")
            let machine = try hub.registeredMachine(in: folder)
            try addLibrary("Second", to: machine, at: gone)
            try gone.stop()
            try machine.imported("First")
            let outcome = try machine.galley("sync", "--all", "--json")
            #expect(outcome.status == 8)
            let found = try libraries(outcome)
            #expect(found.count == 2)
            #expect((found[0]["sync"] as? [String: Any])?["sent"] as? Int == 2)
            #expect(found[1]["kind"] as? String == "network.refused")
            try hub.stop()
            #expect(try machine.galley("sync", "--all").status == 5)
        }
    }

    @Test("says so where no library has a hub")
    func none() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let outcome = try machine.succeed("sync", "--all")
            #expect(outcome.errors.contains("has no hub"))
        }
    }

    @Test("watches all of them")
    func watch() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let machine = try hub.registeredMachine(in: folder)
            try addLibrary("Second", to: machine, at: hub)
            var galley = Executable(name: "galley")
            galley.environment = machine.environment
            let started = try galley.start(["sync", "--all", "--watch"])
            let lines = [started.readLine(), started.readLine()].compactMap { $0 }
            #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix("Up to date; watching.") })
            kill(started.process.processIdentifier, SIGINT)
            #expect(started.wait().status == 0)
            try hub.stop()
        }
    }
}

/// The key that a machine's libraries share.
@Suite("One key for the libraries of a machine", .timeLimit(.minutes(2)))
struct MachineKeyTests {
    private func keys(_ machine: Machine) throws -> [String] {
        let folder = machine.home.appending(path: "data/galley/keys")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
    }

    @Test("is taken for new ones, so that a hub is reached by one connection")
    func shared() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let ada = try hub.registeredMachine(in: folder)
            let second = ada.home.appending(path: "second.sqlite3").path
            try ada.succeed("init", "--library", second, "--user", "ada")
            #expect(try keys(ada).count == 1)
            try ada.succeed(
                "remote",
                "add",
                hub.address,
                "--key",
                hub.key,
                "--claim",
                try hub.newClaim(),
                "--library",
                second
            )
            let found = try ada.succeed("sync", "--all", "--json").json["libraries"]
            #expect((found as? [[String: Any]])?.count == 2)
            try ada.succeed("init", "--library", second + ".new", "--new-key")
            #expect(try keys(ada).count == 2)
            try hub.stop()
        }
    }

    @Test("is not taken for a second copy of a library, which needs one of its own")
    func secondCopy() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let ada = try hub.registeredMachine(in: folder)
            let copy = ada.home.appending(path: "copy.sqlite3").path
            try ada.succeed("join", try ada.invitation(), "--user", "ben", "--library", copy)
            #expect(try keys(ada).count == 2)
            try hub.stop()
        }
    }

    @Test("lets a machine that lost a library be the device in it that it was")
    func again() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let ada = try hub.registeredMachine(in: folder)
            let ben = try Machine.withLibrary(in: folder, named: "tower")
            let joined = ben.home.appending(path: "joined.sqlite3").path
            try ben.succeed("join", try ada.invitation(), "--library", joined)
            let text = try ben.file("texts/One.md", "# One\n\nWords.\n")
            try ben.succeed("import", text, "--library", joined)
            try ben.succeed("sync", "--library", joined)
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: joined + suffix)
            }
            try ada.succeed("sync")
            try ben.succeed("join", try ada.invitation(), "--library", joined)
            #expect(try keys(ben).count == 1)
            // What it writes goes on in a chain of its own, and reaches the others.
            let more = try ben.file("texts/Two.md", "# Two\n\nWords.\n")
            try ben.succeed("import", more, "--library", joined)
            try ben.succeed("sync", "--library", joined)
            try ada.succeed("sync")
            #expect(try ada.galley("list").output.split(separator: "\n").count == 2)
            try ada.succeed("verify")
            try hub.stop()
        }
    }
}
