import Foundation
import TestSupport
import Testing

/// A disk that is full at any moment costs what was being done, and nothing that was done before.
@Suite struct `A full disk` {
    /// Runs a program whose files may have so many bytes, as a quota has it.
    private func limited(toBytes count: Int) -> [String] {
        ["/bin/sh", "-c", "ulimit -f \(count / 512) && exec \"$@\"", "sh"]
    }

    /// Texts that a library of a few hundred thousand bytes cannot hold.
    private func manyTexts(on machine: Machine) throws -> String {
        for number in 0..<150 {
            var random = SeededRandom(seed: UInt64(number))
            let words = (0..<700).map { _ in String(Int.random(in: 0..<1_000_000, using: &random)) }
            let text = "# Article \(number)\n\n" + words.joined(separator: " ")
            _ = try machine.file("many/\(number).md", text)
        }
        return machine.home.path + "/many"
    }

    @Test func `ends an import with its reason, and nothing of it is kept`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            _ = try machine.imported("One")
            let many = try manyTexts(on: machine)
            try machine.refuse(
                ["import", many],
                with: 1,
                saying: ["disk is full", "try again"],
                through: limited(toBytes: 300_000),
                takingBackWrites: true
            )
            try machine.succeed("verify")
            try machine.succeed("doctor")
            // With room again, the same command does it.
            try machine.succeed("import", many)
            #expect(try machine.succeed("list").output.split(separator: "\n").count == 151)
        }
    }

    @Test func `ends an edit with its reason, and the text is as it was`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let article = try machine.imported("One")
            let shown = try machine.succeed("show", article, "--raw").output
            var random = SeededRandom(seed: 1)
            let words = (0..<40_000).map { _ in
                String(Int.random(in: 0..<1_000_000, using: &random))
            }
            let draft = try machine.file("draft.md", words.joined(separator: " "))
            try machine.refuse(
                ["edit", article, "--from", draft],
                with: 1,
                saying: ["disk is full"],
                through: limited(toBytes: 200_000),
                takingBackWrites: true
            )
            #expect(try machine.succeed("show", article, "--raw").output == shown)
        }
    }

    @Test func `makes no half library`() throws {
        try withScratchFolder { folder in
            let machine = try Machine(named: "laptop", in: folder)
            let outcome = try machine.run(
                limited(toBytes: 40_000) + [Program.galley.path, "init", "--user", "ada"]
            )
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("disk is full"))
            let left = try machine.contents().files.keys.filter { !$0.hasSuffix(".lock") }
            #expect(left == [])
            try machine.succeed("init", "--user", "ada")
        }
    }

    @Test func `fails an export instead of cutting it short`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let article = try machine.imported(
                "One",
                String(repeating: "Some words. ", count: 5_000)
            )
            let before = try machine.contents()
            // To a file by -o, which is written beside and put in place.
            let file = try machine.run(
                limited(toBytes: 40_000) + [
                    Program.galley.path, "export", article, "--format", "json", "-o", "one.json",
                ]
            )
            #expect(file.status == 1)
            #expect(file.errors.contains("one.json"))
            #expect(try machine.contents() == before)
            // To standard output, which somebody has sent to a full device.
            for words in ["export --format json", "list", "--version", "help"] {
                let piped = try machine.run([
                    "/bin/sh", "-c", "exec \"$0\" \(words) >/dev/full", Program.galley.path,
                ])
                #expect(piped.status == 1)
                #expect(piped.errors.contains("Standard output"))
                #expect(piped.errors.contains("No space left"))
            }
            // Nobody's loss: the reader has seen enough.
            let closed = try machine.run([
                "/bin/sh", "-c", "exec \"$0\" export --format json | head -c 10",
                Program.galley.path,
            ])
            #expect(closed.status == 0)
            #expect(closed.errors.isEmpty)
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "no file system can be mounted here"))
    func `of one's own loses nothing that was done`() throws {
        try withScratchFolder { folder in
            let machine = try Machine(named: "laptop", in: folder)
            let many = try manyTexts(on: machine)
            let one = try machine.file("one.md", "# One\n\nSome words.\n")
            let script = """
                mkdir -p "$XDG_DATA_HOME" && mount -t tmpfs -o size=600k tmpfs "$XDG_DATA_HOME" || exit 99
                "$0" init --user ada && "$0" import "$1" || exit 98
                "$0" status --json | grep -o 'state_hash.*' >before
                "$0" import "$2" 2>why
                echo $? >status
                "$0" status --json | grep -o 'state_hash.*' >after
                cmp before after && "$0" verify && "$0" doctor
                """
            let outcome = try machine.run(
                SmallDisk.wrapper + ["/bin/sh", "-c", script, Program.galley.path, one, many]
            )
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            #expect(try text("status", on: machine) == "1\n")
            #expect(try text("why", on: machine).contains("What was stored before is unharmed."))
        }
    }

    private func text(_ name: String, on machine: Machine) throws -> String {
        String(decoding: try Data(contentsOf: machine.home.appending(path: name)), as: UTF8.self)
    }
}

/// A file system of a few hundred kilobytes, which the processes of a test alone see.
private enum SmallDisk {
    static let wrapper =
        getuid() == 0
        ? ["/usr/bin/unshare", "--mount"]
        : ["/usr/bin/unshare", "--user", "--map-root-user", "--mount"]

    /// Whether this system lets a test have one.
    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments =
            wrapper.dropFirst() + ["/bin/sh", "-c", "mount -t tmpfs -o size=100k tmpfs /mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
