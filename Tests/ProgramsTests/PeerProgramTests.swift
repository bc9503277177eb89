import Foundation
import SQLite
import Testing

@Suite("galley listen and galley sync HOST:PORT", .timeLimit(.minutes(2)))
struct PeerProgramTests {
    /// A machine that listens, and where.
    private struct Listener {
        let started: Executable.Started
        let address: String

        init(_ machine: Machine, _ words: String...) throws {
            var galley = Executable(name: "galley")
            galley.environment = machine.environment
            started = try galley.start(["listen", "127.0.0.1:0"] + words)
            let line = try #require(started.readLine())
            let word = try #require(line.split(separator: " ").dropFirst(2).first)
            address = String(word.dropLast())
        }

        func end() -> Executable.Result {
            kill(started.process.processIdentifier, SIGINT)
            return started.wait()
        }
    }

    /// Two machines with one library; their hub is gone afterwards.
    private func withTwo(_ body: (URL, Machine, Machine) throws -> Void) throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let ada = try hub.registeredMachine(in: folder)
            let ben = try Machine(named: "tower", in: folder)
            try ben.succeed("join", try ada.invitation(), "--user", "ben", "--device", "tower")
            try ada.succeed("sync")
            try hub.stop()
            try body(folder, ada, ben)
        }
    }

    @Test("exchange changes with no hub between, several times in a row, and end on SIGINT")
    func exchange() throws {
        try withTwo { _, ada, ben in
            let listener = try Listener(ada)
            let ours = try ada.imported("Ours", "Words of ada's.")
            let theirs = try ben.imported("Theirs", "Words of ben's.")
            let first = try ben.succeed("sync", listener.address)
            #expect(first.output.contains("sent 2 change sets, received 2"))
            #expect(try ben.galley("show", ours).output.contains("Words of ada's."))
            #expect(try ada.galley("show", theirs).output.contains("Words of ben's."))
            try ben.succeed("tag", theirs, "+sea")
            let second = try ben.succeed("sync", listener.address, "--json").json
            #expect(second["sent"] as? Int == 1)
            #expect(try ada.stateHash() == ben.stateHash())
            let result = listener.end()
            #expect(result.status == 0)
            #expect(result.output.split(separator: "\n").count >= 2)
        }
    }

    @Test("ends by itself after one sync where that is asked for")
    func once() throws {
        try withTwo { _, ada, ben in
            let listener = try Listener(ada, "--once")
            try ben.imported("Theirs", "Words of ben's.")
            try ben.succeed("sync", listener.address)
            #expect(listener.started.wait().status == 0)
            #expect(try ada.stateHash() == ben.stateHash())
            // Nobody listens any more.
            #expect(try ben.galley("sync", listener.address).status == 5)
        }
    }

    @Test("repair a damaged log by a machine that listens, or by the hub")
    func repair() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let ada = try hub.registeredMachine(in: folder)
            let ben = try Machine(named: "tower", in: folder)
            try ben.succeed("join", try ada.invitation(), "--user", "ben", "--device", "tower")
            for number in 1...5 { try ada.imported("Article \(number)") }
            try ada.succeed("sync")
            try ben.succeed("sync")
            let hash = try ada.stateHash()
            let listener = try Listener(ada)
            for peer in [[], ["hub"], [listener.address]] {
                let database = try Database(path: ben.library.path, mode: .readWrite)
                try database.execute(
                    """
                    UPDATE entry SET body = x'00' WHERE row = 2;
                    UPDATE entry SET header = x'00' WHERE row = 3;
                    DELETE FROM entry WHERE row = 4;
                    """
                )
                #expect(try ben.galley("verify").status == 7)
                let outcome = try ben.run(
                    [Program.galley.path, "doctor", "--peer"] + peer + ["--json"]
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                let report = try outcome.json
                #expect(report["damaged"] as? Int == 2)
                #expect((report["replaced"] as? [String])?.count == 2)
                #expect((report["stored"] as? [String])?.count == 1)
                #expect(report["sound"] as? Bool == true)
                try ben.succeed("verify")
                try ben.succeed("doctor")
                #expect(try ben.stateHash() == hash)
            }
            let again = try ben.succeed("doctor", "--peer")
            #expect(again.output.contains("nothing is damaged"))
            #expect(try ben.galley("doctor", "hub").status == 2)
            #expect(try ben.galley("doctor", "--peer", "--rebuild").status == 2)
            #expect(listener.end().status == 0)
            try hub.stop()
        }
    }

    @Test("let no stranger in, and no machine with another library")
    func strangers() throws {
        try withTwo { folder, ada, _ in
            let listener = try Listener(ada)
            let eve = try Machine(named: "eve", in: folder)
            try eve.succeed("init", "--name", "Eve's", "--user", "eve", "--device", "pad")
            #expect(try eve.galley("sync", listener.address).status == 3)
            #expect(listener.end().status == 0)
        }
    }
}
