import Foundation
import Testing

/// History between people: their machines, a hub, and the real programs.
@Suite struct `The history of an article that two people edit` {
    /// Ada's laptop and Ben's tower with one article on both.
    private struct Pair {
        let ada: Machine
        let ben: Machine
        let id: String

        init(in folder: URL, benIs role: String = "editor") throws {
            let hub = try TestHub(in: folder)
            self.hub = hub
            ada = try hub.registeredMachine(in: folder)
            id = try ada.imported("One", "The ferry leaves at ten.\n\nPeople like it.")
            ben = try Machine(named: "tower", in: folder)
            try ada.succeed("sync")
            let invitation = try ada.invitation("--role", role)
            try ben.succeed("join", invitation, "--device", "tower")
            try ben.succeed("sync")
        }

        private let hub: TestHub

        /// What one has comes to the other.
        func sync() throws {
            try ada.succeed("sync")
            try ben.succeed("sync")
            try ada.succeed("sync")
        }
    }

    private func edit(_ machine: Machine, _ id: String, _ words: String, _ others: String) throws {
        let raw = try machine.succeed("show", id, "--raw").output
        #expect(raw.contains(words))
        try machine.succeed(
            "edit",
            id,
            "--from",
            "-",
            input: raw.replacingOccurrences(of: words, with: others)
        )
    }

    private func changes(_ machine: Machine, _ words: String...) throws -> [[String: Any]] {
        let outcome = try machine.run([Program.galley.path, "log", "--json"] + words)
        return try #require(try outcome.json["changes"] as? [[String: Any]])
    }

    @Test func `is the same on both, by name and with its branches`() throws {
        try withScratchFolder { folder in
            let pair = try Pair(in: folder)
            try edit(pair.ada, pair.id, "at ten", "at nine")
            try edit(pair.ben, pair.id, "People", "Islanders")
            try pair.sync()
            try edit(pair.ben, pair.id, "like it", "love it")
            try pair.sync()
            let (one, other) = (try changes(pair.ada, pair.id), try changes(pair.ben, pair.id))
            #expect(
                one.compactMap { $0["id"] as? String } == other.compactMap { $0["id"] as? String }
            )
            #expect(Set(one.compactMap { $0["device"] as? String }) == ["ada/laptop", "ben/tower"])
            #expect(one.first?["parents"] as? [String] != nil)
            #expect((one.first?["parents"] as? [String])?.count == 2, "a merge")
            let drawn = try pair.ada.succeed("log", pair.id, "--graph").output
            #expect(drawn.contains("├─╮") && drawn.contains("├─╯"))
            #expect(try changes(pair.ada, pair.id, "--by", "ben").count == 2)
            let blame = try pair.ada.succeed("blame", pair.id).output
            for row in ["ada/laptop", "nine", "ben/tower", "Islanders love", "import"] {
                #expect(blame.contains(row), "\(row) in \(blame)")
            }
        }
    }

    @Test func `has one change taken back without the other's`() throws {
        try withScratchFolder { folder in
            let pair = try Pair(in: folder)
            try edit(pair.ada, pair.id, "at ten", "at nine")
            try pair.sync()
            try edit(pair.ben, pair.id, "like it", "love it")
            try pair.sync()
            let change = try #require(
                try changes(pair.ben, pair.id, "--by", "ada").first {
                    ($0["what"] as? String)?.contains("nine") == true
                }?["short"] as? String
            )
            let said = try pair.ben.succeed("undo", change).output
            #expect(said.contains("“nine” → “ten”"), "\(said)")
            #expect(said.contains("1 pending"))
            try pair.sync()
            for machine in [pair.ada, pair.ben] {
                let text = try machine.succeed("show", pair.id).output
                #expect(text.contains("at ten") && text.contains("love it"))
            }
            #expect(try pair.ada.stateHash() == pair.ben.stateHash())
            try pair.ada.succeed("restore", pair.id, "--rev", change)
            #expect(try pair.ada.succeed("show", pair.id).output.contains("at nine"))
            try pair.sync()
            #expect(try pair.ada.stateHash() == pair.ben.stateHash())
        }
    }

    @Test func `is not altered by one who may only read`() throws {
        try withScratchFolder { folder in
            let pair = try Pair(in: folder, benIs: "reader")
            try edit(pair.ada, pair.id, "at ten", "at nine")
            try pair.sync()
            let change = try #require(
                try changes(pair.ben, pair.id, "--limit", "1").first?["short"] as? String
            )
            for words in [["undo", change], ["restore", pair.id, "--rev", "\(change)^"]] {
                try pair.ben.refuse(
                    words,
                    with: 6,
                    saying: ["reader", "does not permit"],
                    takingBackWrites: true
                )
            }
            try pair.ben.succeed("diff", pair.id)
            try pair.ben.succeed("blame", pair.id)
        }
    }

    @Test func `goes on from the version that was opened, and tells what came meanwhile`() throws {
        try withScratchFolder { folder in
            let pair = try Pair(in: folder)
            try edit(pair.ben, pair.id, "People", "Islanders")
            try pair.ben.succeed("sync")
            // While the editor is open, ada syncs.
            let editor = try pair.ada.file(
                "editor.sh",
                "'\(Program.galley.path)' sync >/dev/null && sed -i s/at.ten/at.nine/ \"$1\"\n"
            )
            let outcome = try pair.ada.succeed("edit", pair.id, "--editor", "sh \(editor)")
            #expect(outcome.errors.contains("Meanwhile"), "\(outcome.errors)")
            #expect(outcome.errors.contains("ben/tower"))
            #expect(outcome.errors.contains("“People” → “Islanders”"))
            let text = try pair.ada.succeed("show", pair.id).output
            #expect(text.contains("at.nine") && text.contains("Islanders"))
            let list = try changes(pair.ada, pair.id)
            let parents = list.compactMap { $0["parents"] as? [String] }
            #expect(parents[0] == parents[1], "both go on from what was opened")
        }
    }
}

/// What may happen to a draft in an editor, each with an end of its own.
@Suite struct `A draft in an editor` {
    /// A library with one article, and editors written for the test.
    private struct Desk {
        let machine: Machine
        let id: String

        init(in folder: URL) throws {
            machine = try Machine.withLibrary(in: folder)
            id = try machine.imported("One", "The ferry leaves at ten.\n\nPeople like it.")
        }

        func edit(_ script: String) throws -> Machine.Outcome {
            let editor = try machine.file("editor-\(UUID().uuidString).sh", script)
            return try machine.galley("edit", id, "--editor", "sh \(editor)")
        }

        func raw() throws -> String { try machine.succeed("show", id, "--raw").output }

        func entries() throws -> Int? {
            try machine.succeed("status", "--json").json["entries"] as? Int
        }

        var drafts: [String] {
            let folder = machine.home.appending(path: "state/galley/drafts").path
            return (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        }

        /// The command a hint gives, run.
        func follow(_ hint: String) throws -> Machine.Outcome {
            let line = try #require(
                hint.split(separator: "\n").first { $0.contains("galley edit") }
            )
            let words = line.split(separator: " ").drop { $0 != "galley" }.dropFirst()
            return try machine.run([Program.galley.path] + words.map(String.init))
        }
    }

    @Test func `that is saved unchanged makes no change`() throws {
        try withScratchFolder { folder in
            let desk = try Desk(in: folder)
            let before = try desk.entries()
            let outcome = try desk.edit("touch \"$1\"")
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("nothing changed"))
            #expect(try desk.entries() == before)
            #expect(desk.drafts.isEmpty)
        }
    }

    @Test func `whose editor fails is kept and can be saved later, merged`() throws {
        try withScratchFolder { folder in
            let desk = try Desk(in: folder)
            let before = try desk.entries()
            let outcome = try desk.edit("sed -i s/at.ten/at.nine/ \"$1\"; exit 7")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("ended with 7"))
            #expect(outcome.errors.contains("Your text is kept in"))
            #expect(try desk.entries() == before)
            // Meanwhile the article goes on.
            #expect(try desk.edit("sed -i s/like/love/ \"$1\"").errors.contains("was not saved"))
            let saved = try desk.follow(outcome.errors)
            #expect(saved.status == 0, "\(saved.errors)")
            #expect(saved.errors.contains("Meanwhile"))
            let raw = try desk.raw()
            #expect(raw.contains("at.nine") && raw.contains("love it"), "nothing is undone")
            #expect(desk.drafts.isEmpty)
        }
    }

    @Test func `whose editor fails before anything was typed leaves nothing behind`() throws {
        try withScratchFolder { folder in
            let desk = try Desk(in: folder)
            let outcome = try desk.edit("exit 1")
            #expect(outcome.status == 1)
            #expect(!outcome.errors.contains("kept"))
            #expect(desk.drafts.isEmpty)
            let missing = try desk.machine.galley("edit", desk.id, "--editor", "no-such-editor")
            #expect(missing.status == 1)
            #expect(missing.errors.contains("was not found"))
            let killed = try desk.edit("kill -9 $$")
            #expect(killed.status == 1)
            #expect(killed.errors.contains("signal 9"))
        }
    }

    @Test func `that is deleted changes nothing`() throws {
        try withScratchFolder { folder in
            let desk = try Desk(in: folder)
            let before = try desk.entries()
            let outcome = try desk.edit("rm \"$1\"")
            #expect(outcome.status == 3)
            #expect(outcome.errors.contains("left no file behind"))
            #expect(try desk.entries() == before)
            #expect(desk.drafts.isEmpty)
        }
    }

    @Test func `that is emptied, or no draft any more, changes nothing`() throws {
        try withScratchFolder { folder in
            let desk = try Desk(in: folder)
            let before = try desk.entries()
            for script in [
                ": > \"$1\"", "printf 'a\\0b' > \"$1\"", "printf '%s' '---\ntitle' > \"$1\"",
            ] {
                let outcome = try desk.edit(script)
                #expect(outcome.status == 1, "\(script): \(outcome.errors)")
                #expect(outcome.errors.contains("kept in"))
            }
            #expect(try desk.entries() == before)
        }
    }

    @Test func `beside another of the same article is merged with it`() throws {
        try withScratchFolder { folder in
            let desk = try Desk(in: folder)
            // The second is opened, and saved, while the first is open.
            let inner = try desk.machine.file(
                "inner.sh",
                "sed -i s/like/love/ \"$1\"\n"
            )
            let outcome = try desk.edit(
                """
                '\(Program.galley.path)' edit \(desk.id) --editor 'sh \(inner)' 2>"$1.said"
                cat "$1.said" >&2; rm "$1.said"
                sed -i s/at.ten/at.nine/ "$1"
                """
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("is open in another editor"))
            #expect(outcome.errors.contains("Meanwhile"))
            let raw = try desk.raw()
            #expect(raw.contains("at.nine") && raw.contains("love it"))
            #expect(desk.drafts.isEmpty)
        }
    }

    @Test func `of an article that is deleted meanwhile brings it back`() throws {
        try withScratchFolder { folder in
            let desk = try Desk(in: folder)
            let outcome = try desk.edit(
                """
                '\(Program.galley.path)' delete \(desk.id) >/dev/null
                sed -i s/at.ten/at.nine/ "$1"
                """
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("deleted"))
            #expect(try desk.machine.succeed("list").output.contains("One"))
        }
    }

    @Test func `is no draft of another article`() throws {
        try withScratchFolder { folder in
            let desk = try Desk(in: folder)
            let other = try desk.machine.imported("Two")
            let outcome = try desk.edit("sed -i s/at.ten/at.nine/ \"$1\"; exit 7")
            let path = try #require(desk.drafts.first { $0.hasSuffix(".md") })
            let file = desk.machine.home.appending(path: "state/galley/drafts/\(path)").path
            #expect(outcome.errors.contains(file))
            try desk.machine.refuse(
                ["edit", other, "--from", file],
                with: 2,
                saying: ["is a draft of article"]
            )
        }
    }
}

/// On a terminal long output goes through a pager, elsewhere it is plain.
@Suite struct `Output on a terminal` {
    /// Runs a command line with a terminal of so many columns as its output.
    private func onTerminal(
        _ machine: Machine,
        _ words: [String],
        columns: Int = 80,
        variables: [String: String] = [:]
    ) throws -> String {
        let command = ([Program.galley.path] + words).map { "'\($0)'" }.joined(separator: " ")
        let process = machine.process(
            URL(filePath: "/usr/bin/script"),
            ["-qefc", "stty cols \(columns) -opost; \(command)", "/dev/null"]
        )
        var environment = machine.environment
        for name in ["PAGER", "NO_COLOR", "CLICOLOR_FORCE", "LESS", "COLUMNS", "LC_ALL"] {
            environment[name] = nil
        }
        environment["TERM"] = "xterm"
        process.environment = environment.merging(variables) { $1 }
        let output = machine.home.appending(path: "terminal-\(UUID().uuidString)")
        try Data().write(to: output)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: try Data(contentsOf: output), as: UTF8.self)
    }

    /// Whether a program can be given a terminal here: bare containers have none to give.
    private static let hasTerminals: Bool = {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else { return false }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/script")
        process.arguments = ["-qefc", "true", "/dev/null"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return false
        }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
    private static let needsTerminals: ConditionTrait = .enabled(
        if: hasTerminals,
        "There are no pseudo-terminals here."
    )

    @Test(needsTerminals) func `goes through the pager that is asked for`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let id = try machine.imported("One", "Words of the text.")
            let mark = "sed s/^/PAGED:/"
            for words in [["show", id], ["log"], ["log", id], ["blame", id]] {
                let paged = try onTerminal(machine, words, variables: ["PAGER": mark])
                #expect(paged.contains("PAGED:"), "\(words)")
                let own = try onTerminal(
                    machine,
                    words,
                    variables: ["PAGER": "false", "GALLEY_PAGER": mark]
                )
                #expect(own.contains("PAGED:"), "\(words): galley's own goes first")
            }
            for words in [["show", id, "--no-pager"], ["show", id, "--json"], ["list"]] {
                let plain = try onTerminal(machine, words, variables: ["PAGER": mark])
                #expect(plain.contains("One") && !plain.contains("PAGED:"), "\(words)")
            }
            for pager in ["", "cat", "no-such-pager"] {
                let plain = try onTerminal(machine, ["show", id], variables: ["PAGER": pager])
                #expect(plain.contains("Words of the text."), "\(pager)")
            }
            let dumb = try onTerminal(
                machine,
                ["show", id],
                variables: ["PAGER": mark, "TERM": "dumb"]
            )
            #expect(!dumb.contains("PAGED:") && !dumb.contains("\u{1B}"))
        }
    }

    @Test(needsTerminals) func `ends in peace when the pager is left early`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let text = (0..<3_000).map { "Paragraph \($0) of many." }.joined(separator: "\n\n")
            let id = try machine.imported("Long", text)
            let output = try onTerminal(
                machine,
                ["show", id],
                variables: ["PAGER": "head -n 1"]
            )
            #expect(output.contains("Long") && !output.contains("Broken pipe"))
        }
    }

    @Test(needsTerminals) func `has colours and lines that fit`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let text = String(repeating: "Some words that go on. ", count: 20)
            let id = try machine.imported("One", text)
            let shown = try onTerminal(machine, ["show", id, "--no-pager"], columns: 40)
            #expect(shown.contains("\u{1B}[1mOne\u{1B}[0m"))
            for line in shown.split(whereSeparator: \.isNewline) where !line.contains("\u{1B}") {
                #expect(line.count <= 40)
            }
            let narrow = try onTerminal(
                machine,
                ["show", id, "--no-pager"],
                columns: 200,
                variables: ["COLUMNS": "30", "NO_COLOR": "1"]
            )
            #expect(!narrow.contains("\u{1B}"))
            for line in narrow.split(whereSeparator: \.isNewline) { #expect(line.count <= 30) }
        }
    }

    @Test func `elsewhere is plain`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let text = String(repeating: "Some words that go on. ", count: 20)
            let id = try machine.imported("One", text)
            for words in [["show", id], ["log"], ["blame", id]] {
                let output = try machine.run([Program.galley.path] + words).output
                #expect(!output.contains("\u{1B}"))
            }
            let shown = try machine.succeed("show", id).output
            #expect(shown.contains(text.trimmingCharacters(in: .whitespaces)))
        }
    }
}
