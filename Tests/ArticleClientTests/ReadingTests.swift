import Foundation
import TestSupport
import Testing

@Suite struct ImportCommandTests {
    private let terminal: Terminal

    init() throws { terminal = try Terminal() }

    private var demoPage: String {
        URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Documentation/demo/page.txt").path
    }

    @Test func aPageBecomesItsArticles() throws {
        terminal.run("init")
        let outcome = terminal.run("import", demoPage)
        #expect(outcome.exit == 0)
        #expect(outcome.output.contains("2 articles"))
        #expect(outcome.messages.contains("relative date"), "what is in doubt is said")
        #expect(try terminal.ids().count == 2)
    }

    @Test func theSameBytesAgainAddNothing() throws {
        _ = try terminal.makeLibrary()
        let before = try terminal.run("status", "--json").json()
        let again = terminal.run("import", terminal.folder.file("article.md"), "--json")
        #expect(try again.json()["new"] as? Int == 0)
        let after = try terminal.run("status", "--json").json()
        #expect(before["entries"] as? Int == after["entries"] as? Int)
        #expect(before["state_hash"] as? String == after["state_hash"] as? String)
    }

    @Test func aDryRunNeedsNoLibraryAndPrintsAnObjectAFile() throws {
        let other = try terminal.write("Title\n\nText of a letter.", to: "letter.txt")
        let outcome = terminal.run("import", "--dry-run", "--ndjson", demoPage, other)
        #expect(outcome.exit == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 2)
        let first = try #require(
            try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
        )
        #expect(Set(first.keys) == ["file", "articles"])
        let article = try #require((first["articles"] as? [[String: Any]])?.first)
        #expect(
            Set(article.keys) == [
                "title", "byline", "date", "text", "summary", "captions", "dropped", "warnings",
            ]
        )
        #expect(!FileManager.default.fileExists(atPath: terminal.libraryPath))
    }

    @Test func filesThatAreNoTextAreRefusedAndTheOthersTakenIn() throws {
        terminal.run("init")
        let binary = terminal.folder.file("binary.txt")
        try Data([0x50, 0x4B, 0x00, 0x01]).write(to: URL(filePath: binary))
        let broken = terminal.folder.file("broken.txt")
        try Data([0x41, 0xFF, 0x42]).write(to: URL(filePath: broken))
        let huge = terminal.folder.file("huge.txt")
        try Data().write(to: URL(filePath: huge))
        try FileHandle(forWritingTo: URL(filePath: huge)).truncate(atOffset: 200 * 1024 * 1024)
        let good = try terminal.write("Title\n\nText.", to: "good.txt")
        let outcome = terminal.run("import", binary, broken, huge, "/nowhere/at/all", good)
        #expect(outcome.exit == 8, "some failed")
        for words in ["NUL byte at offset 2", "byte at offset 1", "more than 67108864", "/nowhere"]
        {
            #expect(outcome.messages.contains(words), "\(outcome.messages)")
        }
        #expect(try terminal.ids().count == 1)
        #expect(terminal.run("import", binary).exit == 1)
        #expect(terminal.run("import", "/nowhere/at/all").exit == 3)
    }

    @Test func tagsAndDatesOfFetchingFollowTheSeed() throws {
        terminal.run("init")
        terminal.run("import", demoPage, "--tag", "press", "--fetched-at", "2026-01-02T03:04:10Z")
        #expect(try terminal.ids("--tag", "press").count == 2)
        #expect(terminal.run("list").output.contains("2026-01-02"))
        #expect(terminal.run("import", demoPage, "--fetched-at", "lately").exit == 2)
    }

    @Test func standardInputAndFoldersAreRead() throws {
        terminal.run("init")
        terminal.input = Array("A letter\n\nText of it.".utf8)
        #expect(terminal.run("import", "-").exit == 0)
        try FileManager.default.createDirectory(
            atPath: terminal.folder.file("pages/inner"),
            withIntermediateDirectories: true
        )
        _ = try terminal.write("One\n\nText.", to: "pages/one.txt")
        _ = try terminal.write("Two\n\nText.", to: "pages/inner/two.md")
        _ = try terminal.write("no text", to: "pages/picture.png")
        #expect(terminal.run("import", terminal.folder.file("pages")).exit == 0)
        #expect(try terminal.ids().count == 3)
    }
}

@Suite struct ReadingCommandTests {
    @Test func aLibraryThatIsNotThereIsNotFound() throws {
        let terminal = try Terminal()
        for words in [["list"], ["status"], ["show", "abcd"], ["sync"], ["import", "/etc/hosts"]] {
            let outcome = terminal.run(words)
            #expect(outcome.exit == 3, "\(words)")
            #expect(outcome.messages.contains("galley init"), "says what to do")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func anErrorUnderJSONIsADocument() throws {
        let terminal = try Terminal()
        let outcome = terminal.run("list", "--json")
        let error = try JSONSerialization.jsonObject(with: Data(outcome.messages.utf8))
        let members = try #require(error as? [String: Any])
        #expect(members["schema"] as? String == "galley.error/1")
        #expect(members["code"] as? Int == 3)
        #expect(members["kind"] as? String == "library.missing")
    }

    @Test func idsThatNameNothingOrSeveralAreRefused() throws {
        let terminal = try Terminal()
        _ = try terminal.makeLibrary()
        #expect(terminal.run("show", "ab").exit == 2)
        // The alphabet has 32 letters, and one article cannot begin with both of two handles.
        let id = try #require(try terminal.ids().first)
        let other = id.hasPrefix("0000") ? "zzzz" : "0000"
        #expect(terminal.run("show", other).exit == 3)
        #expect(terminal.run("note", "show", other).exit == 3)
        #expect(terminal.run("show", String(id.prefix(4))).exit == 0)
        #expect(terminal.run("show", id).exit == 0)

        try FileManager.default.createDirectory(
            atPath: terminal.folder.file("many"),
            withIntermediateDirectories: true
        )
        var ambiguous: String?
        var batch = 0
        // 32⁴ beginnings: among some thousands of articles two share one before long.
        while ambiguous == nil {
            for index in 0..<1500 {
                let number = batch * 1500 + index
                _ = try terminal.write("Text \(number)\n\nBody.", to: "many/\(number).txt")
            }
            batch += 1
            terminal.run("import", terminal.folder.file("many"))
            let all = try terminal.ids().map { String($0.prefix(4)) }.sorted()
            ambiguous = zip(all, all.dropFirst()).first { $0 == $1 }?.0
        }
        let outcome = terminal.run("show", try #require(ambiguous))
        #expect(outcome.exit == 2)
        #expect(outcome.messages.contains("several ids"))
        #expect(outcome.messages.split(separator: "\n").count >= 3, "lists the candidates")
        // An article is named by the change it began with, so those are ambiguous too.
        let change = terminal.run("undo", try #require(ambiguous))
        #expect(change.exit == 2)
        #expect(change.messages.contains("several changes' ids"))
        #expect(change.messages.contains("ada/"), "says who made each")
    }

    @Test func aDamagedFileIsAFaultOfIntegrity() throws {
        let terminal = try Terminal()
        _ = try terminal.makeLibrary()
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: terminal.libraryPath + suffix)
        }
        try Data(repeating: 0x5A, count: 8192).write(to: URL(filePath: terminal.libraryPath))
        let outcome = terminal.run("list")
        #expect(outcome.exit == 7)
        #expect(!outcome.messages.isEmpty)
    }

    @Test func showHasFieldsSummaryTextAndNotes() throws {
        let terminal = try Terminal()
        let id = try terminal.makeLibrary()
        terminal.run("note", "add", id, "--quote", "comes back", "-m", "When?")
        let shown = terminal.run("show", id).output
        for words in [
            "The night ferry", "Ada Moss, Ben Okoro", "#ferries", "mood calm",
            "• It runs until two",
            "leaves at ten", "“comes back”", "When?",
        ] {
            #expect(shown.contains(words), "\(words)")
        }
        #expect(!terminal.run("show", id, "--no-notes").output.contains("When?"))
        let json = try terminal.run("show", id, "--json").json()
        #expect(json["schema"] as? String == "galley.article/1")
        #expect((json["notes"] as? [Any])?.count == 1)
    }

    @Test func searchFindsWordsPhrasesAndBeginnings() throws {
        let terminal = try Terminal()
        _ = try terminal.makeLibrary()
        for words in [["island"], ["night ferry"], ["isl*"], ["ferry", "two"]] {
            #expect(terminal.run(["search"] + words).output.contains("The night ferry"), "\(words)")
        }
        #expect(terminal.run("search", "ferry night").output.isEmpty, "not in a row")
        #expect(terminal.run("search", "\"", "*", "NEAR(").exit == 0, "nothing typed is faulty")
    }

    @Test func nothingPrintedActsOnATerminal() throws {
        let terminal = try Terminal()
        let id = try terminal.makeLibrary(
            "# Red \u{1B}[31m title\u{202E}\n\nBody \u{9B}2J \u{7} end."
        )
        for words in [["list"], ["show", id], ["search", "body"], ["log", id], ["blame", id]] {
            let output = terminal.run(words, columns: 80).output
            let hasControl = output.unicodeScalars.contains { scalar in
                (scalar.value < 0x20 && scalar != "\n") || (0x7F..<0xA0).contains(scalar.value)
                    || scalar.value == 0x202E
            }
            #expect(!hasControl, "\(words)")
        }
        let raw = terminal.run("show", id, "--raw").output
        #expect(raw.contains("\u{9B}"), "a file gets the text as it is")
    }

    @Test func aSlipOfTheFingersIsAnswered() throws {
        let terminal = try Terminal()
        let outcome = terminal.run("lsit")
        #expect(outcome.exit == 2)
        #expect(outcome.messages.contains("'list'"))
        #expect(terminal.run().exit == 2)
        #expect(terminal.run("--version").output.hasPrefix("galley "))
    }

    @Test func everyCommandHasHelpWithAnExample() throws {
        let terminal = try Terminal()
        for command in GalleyProgramCommands.paths {
            let outcome = terminal.run(command + ["-h"])
            #expect(outcome.exit == 0, "\(command)")
            #expect(outcome.output.contains("Usage: galley \(command.joined(separator: " "))"))
            #expect(outcome.output.contains("Examples:"), "\(command)")
        }
    }
}
