import Foundation
import SQLite
import Testing

/// Backups as people make and use them: the real programs.
@Suite("Backups of libraries")
struct BackupProgramTests {
    @Test("bring a library back with all that was done, and nothing is signed twice")
    func wholeWay() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let article = try laptop.imported("Ships")
            try laptop.succeed("sync")
            let file = folder.appending(path: "a.galley-backup").path
            let made = try laptop.succeed("backup", "create", file, "--json").json
            #expect(made["entries"] as? Int == 2)
            #expect(made["has_key"] as? Bool == false)
            let good = try laptop.succeed("backup", "verify", file)
            #expect(good.output.hasPrefix("All good"))

            try laptop.succeed("tag", article, "+after")
            _ = try laptop.imported("Boats")
            try laptop.succeed("sync")

            let told = try laptop.succeed("backup", "restore", file, "--replace")
            #expect(told.errors.contains("new chain"))
            #expect(told.errors.contains("2 change sets that the backup lacks"))
            try laptop.succeed("tag", article, "+restored")
            try laptop.succeed("sync")
            try laptop.succeed("tag", article, "+later")
            try laptop.succeed("sync")
            let hash = try laptop.stateHash()
            #expect(try hub.stateHash() == hash)
            let shown = try laptop.succeed("show", article, "--json").output
            for tag in ["after", "restored", "later"] { #expect(shown.contains(tag)) }
            #expect(try laptop.succeed("list").output.contains("Boats"))
            let check = try laptop.succeed("verify", "--json").json
            #expect((check["forked"] as? [Any])?.isEmpty == true)
            #expect((check["problems"] as? [Any])?.isEmpty == true)
        }
    }

    @Test("restored with the state folder of that time sign on in another chain")
    func stateFolderToo() throws {
        try withScratchFolder { folder in
            let laptop = try Machine.withLibrary(in: folder)
            let article = try laptop.imported("Ships")
            let file = folder.appending(path: "a.galley-backup").path
            try laptop.succeed("backup", "create", file)
            let state = laptop.home.appending(path: "state")
            let kept = folder.appending(path: "state-of-that-time")
            try FileManager.default.copyItem(at: state, to: kept)
            try laptop.succeed("tag", article, "+after")
            let told = try laptop.succeed("backup", "restore", file, "--replace", "--json").json
            try FileManager.default.removeItem(at: state)
            try FileManager.default.copyItem(at: kept, to: state)
            try laptop.succeed("tag", article, "+restored")
            let replaced = try #require(told["replaced"] as? String)
            let before = try ReplicaFile(path: replaced).entries()
            for (place, ids) in try ReplicaFile(path: laptop.library.path).entries() {
                guard let other = before[place] else { continue }
                #expect(ids == other, "sequence number \(place.sequence) was used twice")
            }
        }
    }

    @Test("on a second machine, copied with the whole state folder, open a chain there")
    func copiedMachine() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let article = try laptop.imported("Ships")
            try laptop.succeed("sync")
            let copy = folder.appending(path: "copy")
            try FileManager.default.copyItem(at: laptop.home, to: copy)
            let second = try Machine(named: "copy", in: folder, machine: "another one")
            for (machine, tag) in [(laptop, "first"), (second, "second"), (laptop, "third")] {
                try machine.succeed("tag", article, "+\(tag)")
            }
            try second.succeed("tag", article, "+fourth")
            for machine in [laptop, second, laptop] { try machine.succeed("sync") }
            #expect(try laptop.stateHash() == second.stateHash())
            #expect(try laptop.stateHash() == hub.stateHash())
            let check = try laptop.succeed("verify", "--json").json
            #expect((check["forked"] as? [Any])?.isEmpty == true)
            #expect(check["chains"] as? Int == 2)
        }
    }

    @Test("take no place of a library without being told, and keep the one they replace")
    func replacing() throws {
        try withScratchFolder { folder in
            let laptop = try Machine.withLibrary(in: folder)
            _ = try laptop.imported("Ships")
            let file = folder.appending(path: "a.galley-backup").path
            try laptop.succeed("backup", "create", file)
            try laptop.refuse(
                ["backup", "restore", file],
                with: 1,
                saying: ["There is a library", "Nothing was changed", "--replace"]
            )
            _ = try laptop.imported("Boats")
            let before = try laptop.stateHash()
            let outcome = try laptop.succeed("backup", "restore", file, "--replace", "--json").json
            #expect(outcome["not_in_backup"] as? Int == 1)
            #expect(outcome["key"] as? String == "here")
            let replaced = try #require(outcome["replaced"] as? String)
            #expect(!(try laptop.succeed("list").output.contains("Boats")))
            let kept = try laptop.succeed("status", "--json", "--library", replaced).json
            #expect(kept["state_hash"] as? String == before)
            // What the hint says brings the rest back without any hub.
            let bundle = folder.appending(path: "rest.bundle").path
            try laptop.succeed("bundle", "create", bundle, "--library", replaced)
            try laptop.succeed("bundle", "apply", bundle)
            #expect(try laptop.succeed("list").output.contains("Boats"))
        }
    }

    @Test("are refused while another process has the library open")
    func inUse() throws {
        try withScratchFolder { folder in
            let laptop = try Machine.withLibrary(in: folder)
            let file = folder.appending(path: "a.galley-backup").path
            try laptop.succeed("backup", "create", file)
            do {
                // This process has it open, which is another one than the program's.
                let database = try Database(path: laptop.library.path, mode: .readOnly)
                #expect(try database.integer("SELECT count(*) FROM member") == 1)
                let refused = try laptop.galley("backup", "restore", file, "--replace")
                #expect(refused.status == 9)
                #expect(refused.errors.contains("Another process has"))
            }
            try laptop.succeed("backup", "restore", file, "--replace")
        }
    }

    @Test("come back in place of a library that is too damaged to be opened")
    func damagedLibrary() throws {
        try withScratchFolder { folder in
            let laptop = try Machine.withLibrary(in: folder)
            _ = try laptop.imported("Ships")
            let hash = try laptop.stateHash()
            let file = folder.appending(path: "a.galley-backup").path
            try laptop.succeed("backup", "create", file)
            try Data(repeating: 7, count: 5000).write(to: laptop.library)
            #expect(try laptop.galley("list").status == 7)
            try laptop.succeed("backup", "restore", file, "--replace")
            #expect(try laptop.stateHash() == hash)
        }
    }

    @Test("hold the secret key only if asked to, and then put it back")
    func key() throws {
        try withScratchFolder { folder in
            let laptop = try Machine.withLibrary(in: folder)
            let article = try laptop.imported("Ships")
            let without = folder.appending(path: "a.galley-backup").path
            let with = folder.appending(path: "b.galley-backup").path
            try laptop.succeed("backup", "create", without)
            let said = try laptop.succeed("backup", "create", with, "--with-key").errors
            #expect(said.contains("secret key"))
            for (file, marker) in [(without, "missing"), (with, "restored")] {
                let other = try Machine(named: "other-\(marker)", in: folder)
                let restored = try other.succeed("backup", "restore", file, "--json").json
                #expect(restored["key"] as? String == marker)
                #expect(try other.stateHash() == laptop.stateHash())
                let tagged = try other.galley("tag", article, "+t")
                #expect(tagged.status == (marker == "restored" ? 0 : 6))
            }
        }
    }

    @Test("are files that are never written over by accident, and named after library and time")
    func files() throws {
        try withScratchFolder { folder in
            let laptop = try Machine.withLibrary(in: folder)
            let made = try laptop.succeed("backup", "create", folder.path, "--json").json
            let path = try #require(made["path"] as? String)
            #expect(path.hasPrefix(folder.path + "/Articles-"))
            #expect(path.hasSuffix("Z.galley-backup"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            try laptop.refuse(
                ["backup", "create", path],
                with: 1,
                saying: ["There is something at"]
            )
            try laptop.succeed("backup", "create", path, "--force")
            let damaged = folder.appending(path: "damaged").path
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[bytes.count / 2] ^= 4
            try bytes.write(to: URL(filePath: damaged))
            for verb in ["verify", "restore"] {
                try laptop.refuse(
                    ["backup", verb, damaged] + (verb == "restore" ? ["--replace"] : []),
                    with: 7,
                    saying: ["damaged at byte"]
                )
            }
        }
    }
}
