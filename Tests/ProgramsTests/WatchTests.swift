import Foundation
import TestSupport
import Testing

/// `galley sync --watch` against the real hub; each step waits for a line that tells of it.
@Suite("galley sync --watch", .timeLimit(.minutes(2)))
struct WatchTests {
    /// A program that watches, read event by event.
    private struct Watch {
        let started: Executable.Started

        init(_ machine: Machine, _ words: String...) throws {
            var galley = Executable(name: "galley")
            galley.environment = machine.environment
            started = try galley.start(["sync", "--watch", "--json"] + words)
        }

        /// The next event of a kind; those before it are passed over.
        @discardableResult
        func event(_ kind: String) throws -> [String: Any] {
            while let line = started.readLine() {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                let event = try #require(object as? [String: Any])
                if event["event"] as? String == kind { return event }
            }
            throw Ended(kind: kind, status: started.wait().status)
        }

        func end(by signal: Int32 = SIGINT) -> Executable.Result {
            kill(started.process.processIdentifier, signal)
            return started.wait()
        }
    }

    private struct Ended: Error {
        let kind: String
        let status: Int32
    }

    /// A hub with a library, and two machines that have it.
    private func withTwo(_ body: (TestHub, Machine, Machine) throws -> Void) throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let ada = try hub.registeredMachine(in: folder)
            let ben = try Machine(named: "tower", in: folder)
            try ben.succeed("join", try ada.invitation(), "--user", "ben", "--device", "tower")
            try body(hub, ada, ben)
            if hub.isRunning { try hub.stop() }
        }
    }

    @Test("tells what others change as they do, and sends what other processes change here")
    func bothWays() throws {
        try withTwo { _, ada, ben in
            let watch = try Watch(ada)
            #expect(try watch.event("level")["received"] as? Int == 0)
            let theirs = try ben.imported("Theirs", "Words of ben's.")
            try ben.succeed("sync")
            let change = try #require(try watch.event("change")["change"] as? [String: Any])
            #expect(change["article"] as? String == theirs)
            #expect(change["device"] as? String == "ben/tower")
            let ours = try ada.imported("Ours", "Words of ada's.")
            #expect(try watch.event("sent")["count"] as? Int == 2)
            try ben.succeed("sync")
            #expect(try ben.galley("show", ours).output.contains("Words of ada's."))
            let result = watch.end()
            #expect(result.status == 0)
            #expect(result.output.contains("\"event\":\"summary\""))
            #expect(try ada.stateHash() == ben.stateHash())
        }
    }

    @Test("shows people a line for each change, and ends on SIGTERM with a summary")
    func forPeople() throws {
        try withTwo { _, ada, ben in
            var galley = Executable(name: "galley")
            galley.environment = ada.environment
            let started = try galley.start(["sync", "--watch"])
            #expect(started.readLine()?.hasSuffix("Up to date; watching.") == true)
            let id = try ben.imported("Ships", "They sail.")
            try ben.succeed("sync")
            #expect(started.readLine()?.contains("Ships  imported") == true)
            try ben.succeed("tag", id, "+sea")
            try ben.succeed("sync")
            let line = try #require(started.readLine())
            #expect(line.hasPrefix("ben/tower  ") && line.hasSuffix("+#sea"))
            kill(started.process.processIdentifier, SIGTERM)
            let result = started.wait()
            #expect(result.status == 0)
            #expect(result.output.contains("sent 0 change sets, received 3."))
        }
    }

    @Test("tells of conflicts that come")
    func conflicts() throws {
        try withTwo { _, ada, ben in
            let id = try ada.imported("Ships", "They sail slowly.")
            try ada.succeed("sync")
            try ben.succeed("sync")
            let watch = try Watch(ada)
            try watch.event("level")
            try ada.succeed("set", id, "title=Boats")
            try watch.event("sent")
            // Ben has not seen it.
            try ben.succeed("set", id, "title=Vessels")
            try ben.succeed("sync")
            try watch.event("conflict")
            #expect(watch.end().status == 0)
        }
    }

    @Test("leaves a hub that is being stopped alone for as long as it asks")
    func hubStops() throws {
        try withTwo { hub, ada, _ in
            let watch = try Watch(ada)
            try watch.event("level")
            try hub.stop()
            #expect(try watch.event("lost")["retry_ms"] as? Int ?? 0 >= 10_000)
            #expect(watch.end().status == 0)
        }
    }

    @Test("connects again by itself after a hub that was killed, and sends what was made meanwhile")
    func hubDies() throws {
        try withTwo { hub, ada, ben in
            let watch = try Watch(ada)
            try watch.event("level")
            try hub.kill()
            try watch.event("lost")
            try ada.imported("Meanwhile")
            try hub.start()
            #expect(try watch.event("level")["sent"] as? Int == 2)
            try ben.succeed("sync")
            #expect(try ben.stateHash() == ada.stateHash())
            #expect(watch.end().status == 0)
        }
    }

    @Test("waits for a hub that is not there yet")
    func hubComesLater() throws {
        try withTwo { hub, ada, _ in
            try hub.stop()
            let watch = try Watch(ada)
            try watch.event("lost")
            try hub.start()
            try watch.event("level")
            #expect(watch.end().status == 0)
        }
    }

    @Test("goes to the hub's new address without being told")
    func newAddress() throws {
        try withTwo { hub, ada, _ in
            let watch = try Watch(ada)
            try watch.event("level")
            try hub.kill()
            try watch.event("lost")
            try hub.start(at: "127.0.0.1:0")
            let outcome = try ada.galley("remote", "add", hub.address, "--key", hub.key)
            #expect(outcome.status == 0, "\(outcome.errors)")
            try watch.event("level")
            #expect(watch.end().status == 0)
        }
    }

    @Test("ends with the exit code of what cannot be mended by waiting")
    func fatal() throws {
        try withTwo { hub, ada, _ in
            // Another hub at the same address: its key is not the pinned one.
            let address = hub.address
            try hub.stop()
            let other = try TestHub(in: ada.home, named: "other hub", at: address)
            let watch = try Watch(ada)
            #expect(try watch.event("ended")["kind"] as? String == "network.wrongHubKey")
            #expect(watch.started.wait().status == 6)
            try other.stop()
        }
    }

    @Test("ends where the hub does not serve the library any more")
    func unknownLibrary() throws {
        try withTwo { hub, ada, _ in
            try hub.stop()
            try hub.removeLibraries()
            try hub.start()
            let watch = try Watch(ada)
            #expect(try watch.event("ended")["code"] as? Int == 3)
            #expect(watch.started.wait().status == 3)
        }
    }

    @Test("ends where there is no hub at all")
    func noHub() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let outcome = try machine.galley("sync", "--watch")
            #expect(outcome.status == 3)
        }
    }
}
