import ArticleClient
import Foundation
import Signing
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `What a hub or its client refuses` {
    @Test func `a hub with another key than the one expected`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let machine = try Machine.withLibrary(in: folder)
            _ = try machine.imported("One")
            let other = hexadecimal(PrivateKey.generate().publicKey.bytes)
            try machine.refuse(
                ["remote", "add", hub.address, "--key", other, "--claim", hub.claim],
                with: 6,
                saying: [other, hub.key, "key"]
            )
            #expect(try hub.stateHash() == nil)
            // The code was not used up, and the library is at no hub: all can still be done.
            try machine.succeed(
                "remote",
                "add",
                hub.address,
                "--key",
                hub.key,
                "--claim",
                hub.claim
            )
        }
    }

    @Test func `another hub in the place of the one a library is at`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let impostor = try TestHub(in: folder, named: "impostor")
            let machine = try hub.registeredMachine(in: folder)
            _ = try machine.imported("One")
            try machine.refuse(
                ["remote", "add", impostor.address, "--key", impostor.key],
                with: 6,
                saying: ["another key", "Nothing was changed"]
            )
            // Somebody has taken the address over.
            try machine.succeed("sync")
            let before = try machine.stateHash()
            let moved = try machine.galley("remote", "add", impostor.address, "--key", hub.key)
            #expect(moved.status == 6)
            #expect(moved.errors.contains(impostor.key))
            #expect(try machine.stateHash() == before)
            #expect(try impostor.stateHash() == nil)
        }
    }

    @Test func `a claim code that is wrong`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let machine = try Machine.withLibrary(in: folder)
            try machine.refuse(
                ["remote", "add", hub.address, "--key", hub.key, "--claim", "aaaa-aaaa-aaaa-aaaa"],
                with: 6,
                saying: ["claim"],
                takingBackWrites: true
            )
            #expect(try hub.stateHash() == nil)
        }
    }

    @Test func `a claim code for a second library`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let first = try hub.registeredMachine(in: folder)
            let held = try hub.stateHash()
            let second = try Machine.withLibrary(in: folder, named: "tower")
            try second.refuse(
                ["remote", "add", hub.address, "--key", hub.key, "--claim", hub.claim],
                with: 6,
                saying: ["claim"],
                takingBackWrites: true
            )
            #expect(try hub.stateHash() == held)
            #expect(try first.stateHash() == held)
            try second.succeed(
                "remote",
                "add",
                hub.address,
                "--key",
                hub.key,
                "--claim",
                hub.newClaim()
            )
        }
    }

    @Test func `an invitation that was used`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let invitation = try laptop.invitation()
            let tower = try Machine(named: "tower", in: folder)
            try tower.succeed("join", invitation, "--device", "tower")
            let held = try hub.stateHash()
            let stranger = try Machine(named: "stranger", in: folder)
            try stranger.refuse(["join", invitation], with: 6, saying: ["invitation"])
            #expect(!FileManager.default.fileExists(atPath: stranger.library.path))
            #expect(try hub.stateHash() == held)
        }
    }

    @Test func `an invitation that has expired, by the clock of whoever asks`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let monthAgo: Int64 = -30 * 86_400_000
            let file = folder.appending(path: "ben.invite").path
            let made = galley(["invite", "ben", "--days", "7", "-o", file], on: laptop, monthAgo)
            #expect(made.status == 0, "\(made.errors)")
            let held = try hub.stateHash()
            let tower = try Machine(named: "tower", in: folder)
            // The client's own clock says so.
            try tower.refuse(["join", "--invite", file], with: 6, saying: ["expired"])
            // A client whose clock is slow finds out from the hub.
            let slow = galley(["join", "--invite", file], on: tower, monthAgo)
            #expect(slow.status == 6)
            #expect(slow.errors.contains("expired"))
            #expect(!FileManager.default.fileExists(atPath: tower.library.path))
            #expect(try hub.stateHash() == held)
        }
    }

    @Test func `an invitation that was altered`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let invitation = try laptop.invitation()
            let tower = try Machine(named: "tower", in: folder)
            for place in [20, 60, invitation.count - 2] {
                var letters = Array(invitation)
                letters[place] = letters[place] == "x" ? "y" : "x"
                try tower.refuse(["join", String(letters)], with: 6, saying: ["invitation"])
            }
            try tower.refuse(["join", String(invitation.dropLast(5))], with: 6, saying: [])
            try tower.succeed("join", invitation)
        }
    }

    @Test func `a device the hub does not know`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            _ = try laptop.imported("One")
            try laptop.succeed("sync")
            // The hub is put back to before the tower joined.
            try hub.stop()
            let copy = folder.appending(path: "copy")
            try FileManager.default.copyItem(at: hub.folder, to: copy)
            try hub.start()
            let tower = try Machine(named: "tower", in: folder)
            try tower.succeed("join", laptop.invitation())
            _ = try tower.imported("Two")
            try hub.stop()
            try FileManager.default.removeItem(at: hub.folder)
            try FileManager.default.moveItem(at: copy, to: hub.folder)
            try hub.start()
            let held = try hub.stateHash()
            try tower.refuse(["sync"], with: 6, saying: ["member"])
            #expect(try hub.stateHash() == held)
            // Who has it from the tower's invitation, an owner, brings it back.
            try tower.succeed("verify")
        }
    }

    @Test func `what a reader writes`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let article = try laptop.imported("One")
            try laptop.succeed("sync")
            let tower = try Machine(named: "tower", in: folder)
            try tower.succeed("join", laptop.invitation("--role", "reader"))
            try tower.refuse(["set", article, "byline=Ben"], with: 6, saying: ["reader"])
            try tower.refuse(["tag", article, "+ferries"], with: 6, saying: ["reader"])
        }
    }

    @Test func `nothing, where it cannot be reached: work is kept`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let article = try laptop.imported("One")
            try hub.stop()
            try laptop.refuse(["sync"], with: 5, saying: [hub.address, "galley sync"])
            try laptop.refuse(["invite", "ben"], with: 5, saying: [hub.address])
            try laptop.succeed("tag", article, "+ferries")
            try hub.start()
            try laptop.succeed("sync")
            #expect(try hub.stateHash() == laptop.stateHash())
        }
    }

    @Test func `a server that speaks something else`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let key = hexadecimal(PrivateKey.generate().publicKey.bytes)
            // Nothing listens on the port that asks for any.
            try machine.refuse(
                ["remote", "add", "127.0.0.1:1", "--key", key, "--claim", "x"],
                with: 5,
                saying: ["127.0.0.1:1"]
            )
            try machine.refuse(
                ["remote", "add", "no-such-host.invalid:4480", "--key", key, "--claim", "x"],
                with: 5,
                saying: ["no-such-host.invalid"]
            )
        }
    }

    /// Runs the client in this process, whose clock can be set.
    private func galley(
        _ words: [String],
        on machine: Machine,
        _ offsetMilliseconds: Int64
    ) -> Machine.Outcome {
        var data: [UInt8] = []
        var messages = ""
        let client = Client(
            variables: machine.environment,
            output: Output(
                columns: nil,
                data: { bytes in data += bytes },
                messages: { text in messages += text }
            ),
            now: { Int64(Date().timeIntervalSince1970 * 1000) + offsetMilliseconds },
            random: { SecureRandom.bytes($0) },
            readInput: { _ in [] },
            askSecret: { _ in nil }
        )
        let status = GalleyProgram.run(words, client)
        return Machine.Outcome(
            output: String(decoding: data, as: UTF8.self),
            errors: messages,
            status: status
        )
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
