import Foundation
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
