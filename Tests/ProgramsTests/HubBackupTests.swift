import Foundation
import Testing

/// Backups of a hub, made while it serves.
@Suite("Backups of hubs")
struct HubBackupTests {
    private let galleyd = Executable(name: "galleyd")

    private func json(_ words: [String]) throws -> [String: Any] {
        let outcome = try galleyd.run(words + ["--json"])
        #expect(outcome.status == 0, "\(outcome.error)")
        let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return try #require(value as? [String: Any])
    }

    @Test("bring back a hub that serves as it did")
    func wholeWay() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            _ = try laptop.imported("Ships")
            try laptop.succeed("sync")
            let claim = try hub.newClaim()
            let file = folder.appending(path: "hub.galley-backup").path
            let made = try json(["backup", "create", file, "--data", hub.folder.path])
            #expect(made["has_key"] as? Bool == true)
            #expect(made["claims"] as? Int == 1)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let checked = try json(["backup", "verify", file])
            #expect(checked["good"] as? Bool == true)
            let hash = try hub.stateHash()

            // Not while it runs, and not without being told.
            let words = ["backup", "restore", file, "--data", hub.folder.path]
            #expect(try galleyd.run(words + ["--replace"]).status == 9)
            try hub.stop()
            #expect(try galleyd.run(words).status == 1)

            let restored = try json(words + ["--replace"])
            #expect(restored["hub_key"] as? String == hub.key)
            let replaced = try #require(restored["replaced"] as? String)
            #expect(FileManager.default.fileExists(atPath: replaced + "/hub.key"))
            try hub.start()
            #expect(try hub.stateHash() == hash)
            // It takes what is new, and lets others in by what it had given out.
            _ = try laptop.imported("Boats")
            try laptop.succeed("sync")
            #expect(try hub.stateHash() == laptop.stateHash())
            let other = try Machine.withLibrary(in: folder, named: "other")
            try other.succeed("remote", "add", hub.address, "--key", hub.key, "--claim", claim)
        }
    }

    @Test("that are old are made up for by the clients, and nobody new is let in before that")
    func oldBackup() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let article = try laptop.imported("Ships")
            try laptop.succeed("sync")
            let file = folder.appending(path: "hub.galley-backup").path
            _ = try json(["backup", "create", file, "--data", hub.folder.path])
            // After the backup: a member comes, both write.
            let ben = try Machine(named: "ben", in: folder)
            let invitation = try laptop.invitation("--role", "editor", "--uses", "5")
            try ben.succeed("join", invitation, "--user", "ben", "--device", "tower")
            try ben.succeed("tag", article, "+ben")
            try ben.succeed("sync")
            try laptop.succeed("tag", article, "+ada")
            try laptop.succeed("sync")
            try hub.stop()
            _ = try json(["backup", "restore", file, "--data", hub.folder.path, "--replace"])
            try hub.start()
            let carol = try Machine(named: "carol", in: folder)
            let early = try carol.galley("join", invitation, "--user", "carol")
            #expect(early.status != 0)
            try laptop.succeed("sync")
            try ben.succeed("sync")
            try laptop.succeed("sync")
            #expect(try hub.stateHash() == laptop.stateHash())
            #expect(try ben.stateHash() == laptop.stateHash())
            try carol.succeed("join", invitation, "--user", "carol", "--device", "desk")
            for machine in [laptop, ben] { try machine.succeed("sync") }
            #expect(try carol.stateHash() == laptop.stateHash())
            let shown = try carol.succeed("show", article, "--json").output
            for tag in ["ada", "ben"] { #expect(shown.contains(tag)) }
        }
    }

    @Test("without the key need it from elsewhere")
    func withoutKey() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            _ = try laptop.imported("Ships")
            try laptop.succeed("sync")
            let file = folder.appending(path: "hub.galley-backup").path
            let said = try galleyd.run([
                "backup", "create", file, "--data", hub.folder.path, "--without-key",
            ])
            #expect(said.status == 0)
            #expect(said.error.contains("secret key is not in it"))
            let target = folder.appending(path: "restored").path
            let words = ["backup", "restore", file, "--data", target]
            let refused = try galleyd.run(words)
            #expect(refused.status == 3)
            #expect(refused.error.contains("--key FILE"))
            let other = try galleyd.run(
                ["init", "--data", folder.appending(path: "another").path, "--json"]
            )
            #expect(other.status == 0)
            let wrong = try galleyd.run(words + ["--key", folder.path + "/another/hub.key"])
            #expect(wrong.status == 7)
            #expect(wrong.error.contains("another key"))
            #expect(!FileManager.default.fileExists(atPath: target + "/hub.key"))
            let restored = try json(words + ["--key", hub.folder.path + "/hub.key"])
            #expect(restored["hub_key"] as? String == hub.key)
            #expect(restored["replaced"] is NSNull)
        }
    }

    @Test("with a damaged byte are refused, and nothing is changed")
    func damage() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            _ = try laptop.imported("Ships")
            try laptop.succeed("sync")
            let file = folder.appending(path: "hub.galley-backup")
            _ = try json(["backup", "create", file.path, "--data", hub.folder.path])
            try hub.stop()
            let hash = try hub.stateHash()
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 3000] ^= 1
            try bytes.write(to: file)
            let words = ["backup", "restore", file.path, "--data", hub.folder.path, "--replace"]
            let refused = try galleyd.run(words)
            #expect(refused.status == 7)
            #expect(try galleyd.run(["backup", "verify", file.path]).status == 7)
            #expect(try hub.stateHash() == hash)
            let left = try FileManager.default.contentsOfDirectory(atPath: hub.folder.path)
            #expect(!left.contains { $0.hasPrefix(".restoring") || $0.hasPrefix("replaced") })
            // The client's program says whose it is.
            let other = try laptop.galley("backup", "verify", file.path)
            #expect(other.status == 1)
            #expect(other.errors.contains("galleyd backup"))
        }
    }
}
