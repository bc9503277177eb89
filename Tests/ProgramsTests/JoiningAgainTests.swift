import ArticleModel
import Foundation
import ReplicaStore
import Testing

/// A connection that was cut while a machine joined: the hub has said yes, and nobody heard it.
@Suite struct JoiningAgainTests {
    @Test func `goes on with the same key, though the invitation is used up`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            _ = try laptop.imported("One")
            try laptop.succeed("sync")
            let invitation = try laptop.invitation()
            let tower = try Machine(named: "tower", in: folder)
            try tower.succeed("join", invitation, "--device", "tower")
            let held = try #require(try hub.stateHash())
            try forgetAnswer(on: tower)

            try tower.succeed("join", invitation, "--device", "tower")
            #expect(try tower.stateHash() == held)
            #expect(try hub.stateHash() == held)
            #expect(!FileManager.default.fileExists(atPath: marker(of: tower)))
            _ = try tower.imported("Two")
            try tower.succeed("sync")
            #expect(try hub.stateHash() == tower.stateHash())
        }
    }

    private func marker(of machine: Machine) -> String { machine.library.path + ".joining" }

    /// Puts the machine's files back to what they are while the hub's answer is awaited.
    private func forgetAnswer(on machine: Machine) throws {
        let status = try machine.succeed("status", "--json").json
        let library = try #require(
            (status["library"] as? String).flatMap { [UInt8](hexadecimal: $0) }
                .flatMap { LibraryID($0) }
        )
        let users = try machine.succeed("user", "list", "--json").json["users"]
        let devices = (users as? [[String: Any]])?.compactMap { $0["devices"] as? [[String: Any]] }
        let device = try #require(devices?.joined().first { $0["name"] as? String == "tower" })
        let key = try #require(device["key"] as? String)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: machine.library.path + suffix)
        }
        _ = try Replica(creating: machine.library.path, library: library)
        try Data(key.utf8).write(to: URL(filePath: marker(of: machine)))
    }
}
