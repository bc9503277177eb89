import Foundation
import TestSupport
import Testing

@Suite struct `A library that may not be written` {
    /// Has a program meet the rights of files, which root passes over otherwise.
    private static let wrapper =
        getuid() == 0
        ? ["/usr/bin/setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : []

    private static let commands = [
        ["import", "new.md"], ["tag", "ID", "+ferries"], ["delete", "ID"],
    ]

    @Test(arguments: commands) func `takes no changes, and says what to do`(
        _ words: [String]
    ) throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let article = try machine.imported("One")
            _ = try machine.file("new.md", "# New\n\nSome words.\n")
            let place = machine.library.deletingLastPathComponent()
            try setMode(0o444, of: machine.library)
            try setMode(0o555, of: place)
            defer { try? setMode(0o755, of: place) }
            try machine.refuse(
                words.map { $0 == "ID" ? article : $0 },
                with: 6,
                saying: ["library.sqlite3", "writable"],
                through: Self.wrapper
            )
        }
    }

    @Test func `that may not be read either is told from a missing one`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            try setMode(0, of: machine.library)
            defer { try? setMode(0o600, of: machine.library) }
            let outcome = try machine.run(Self.wrapper + [Program.galley.path, "list"])
            #expect(outcome.status == 6)
            #expect(outcome.errors.contains("library.sqlite3"))
            #expect(outcome.errors.contains("owns"))
        }
    }

    @Test func `with a key others can read signs nothing`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let article = try machine.imported("One")
            let keys = machine.home.appending(path: "data/galley/keys")
            let name = try #require(
                FileManager.default.contentsOfDirectory(atPath: keys.path).first
            )
            try setMode(0o644, of: keys.appending(path: name))
            try machine.refuse(["tag", article, "+ferries"], with: 6, saying: ["chmod 600"])
            try FileManager.default.removeItem(at: keys.appending(path: name))
            try machine.refuse(["tag", article, "+ferries"], with: 6, saying: ["No key"])
            // Reading needs none.
            try machine.succeed("show", article)
        }
    }

    private func setMode(_ mode: Int, of file: URL) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }
}
