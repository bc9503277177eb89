import Foundation
import TestSupport
import Testing

/// What was done to articles can be looked at, compared, taken back and brought back.
@Suite struct HistoryCommandTests {
    private let terminal: Terminal
    private let id: String

    init() throws {
        terminal = try Terminal()
        id = try terminal.makeLibrary()
    }

    private func raw() -> String { terminal.run("show", id, "--raw").output }

    /// Replaces words in the text as it stands, or as it was at `base`; gives the change's id.
    @discardableResult
    private func edit(
        _ words: String,
        _ others: String,
        base: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let before = terminal.run(["show", id, "--raw"] + (base.map { ["--rev", $0] } ?? [])).output
        #expect(before.contains(words), sourceLocation: sourceLocation)
        terminal.input = Array(before.replacingOccurrences(of: words, with: others).utf8)
        let outcome = terminal.run(
            ["edit", id, "--from", "-"] + (base.map { ["--base", $0] } ?? [])
        )
        #expect(outcome.exit == 0, "\(outcome.messages)", sourceLocation: sourceLocation)
        return try last()
    }

    private func changes(_ words: String...) throws -> [[String: Any]] {
        try terminal.run(["log", "--json"] + words).json()["changes"] as? [[String: Any]] ?? []
    }

    private func last() throws -> String {
        try #require(try changes(id, "--limit", "1").first?["short"] as? String)
    }

    private func seed() throws -> String { String(id.prefix(8)) }

    // MARK: log

    @Test func theLogTellsWhatEachChangeDidTheLastFirst() throws {
        try edit("at ten", "at half past nine")
        terminal.run("tag", id, "+night")
        terminal.run("set", id, "mood=wild")
        let listed = try changes(id)
        #expect(
            listed.compactMap { $0["what"] as? String } == [
                "mood = wild", "+#night", "¶1: “ten” → “half past nine”", "+#ferries",
                "imported",
            ]
        )
        #expect(listed.allSatisfy { $0["device"] as? String == "ada/laptop" })
        let edit = try #require((listed[2]["edits"] as? [[String: Any]])?.first)
        #expect(edit["place"] as? String == "¶1")
        #expect(edit["after"] as? String == "half past nine")
        let text = terminal.run("log", id).output
        #expect(text.contains("2025-06-15 15:0"), "the clock on the wall: \(text)")
        #expect(text.split(separator: "\n").count == 6)
    }

    @Test func manyPlacesAreToldInFewWords() throws {
        let body = (1...20).map { "Paragraph of number \($0)." }.joined(separator: "\n\n")
        terminal.input = Array(body.utf8)
        terminal.run("edit", id, "--from", "-")
        var edited = body
        for number in [2, 3, 6, 9, 12, 15, 16] {
            edited = edited.replacingOccurrences(of: "number \(number).", with: "No. \(number).")
        }
        terminal.input = Array(edited.utf8)
        let said = terminal.run("edit", id, "--from", "-").output
        #expect(said.contains("¶2–3, ¶6, ¶9 and 3 more: 7 words changed"), "\(said)")
        let what = try changes(id, "--limit", "1").first?["what"] as? String
        #expect(what?.hasPrefix("¶2–3, ¶6, ¶9 and 3 more") == true, "\(what ?? "")")
    }

    @Test func theLogOfTheLibraryNamesArticlesAndCanBeNarrowedDown() throws {
        terminal.run("import", try terminal.write("Other\n\nText.", to: "other.txt"))
        try edit("at ten", "at nine")
        let all = terminal.run("log").output
        #expect(all.contains("The night ferry") && all.contains("Other"))
        #expect(try changes().count == 4)
        #expect(try changes("--limit", "2").count == 2)
        #expect(try changes("--by", "ada").count == 4)
        #expect(try changes("--by", "ada/laptop").count == 4)
        #expect(try changes("--by", "me", id).count == 3)
        #expect(terminal.run("log", "--by", "zoe").exit == 3)
        #expect(terminal.run("log", "--by", "zoe").messages.contains("ada"))
        #expect(try changes("--since", "1h").count == 4)
        #expect(try changes("--since", "2025-06-15").count == 4)
        #expect(try changes("--since", "2025-06-16").isEmpty)
        #expect(try changes("--since", "0s").isEmpty)
        #expect(terminal.run("log", "--since", "lately").exit == 2)
        #expect(terminal.run("log", "--graph").exit == 2)
        let lines = terminal.run("log", "--ndjson").output.split(separator: "\n")
        #expect(lines.count == 4)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["article"] is String)
        }
    }

    @Test func theGraphShowsBranches() throws {
        let first = try edit("at ten", "at nine")
        let second = try edit("like it", "love it", base: try seed())
        terminal.run("tag", id, "+joined")
        let drawn = terminal.run("log", id, "--graph").output.split(separator: "\n").dropFirst()
        let lanes = drawn.map { line in
            String(line.prefix { "●│├╮╯┴─ ".contains($0) }).trimmingCharacters(in: .whitespaces)
        }
        #expect(lanes == ["●", "├─╮", "● │", "│ ●", "│ ●", "├─╯", "●"], "\(drawn)")
        #expect(drawn.contains { $0.contains(first) } && drawn.contains { $0.contains(second) })
        let plain = terminal
        plain.variables["LC_ALL"] = "C"
        let ascii = plain.run("log", id, "--graph").output
        #expect(ascii.contains("+-\\") && ascii.contains("+-/") && !ascii.contains("│"))
    }

    // MARK: Versions

    @Test func versionsThatAreNoneAreRefused() throws {
        let change = try edit("at ten", "at nine")
        let other =
            try #require(
                try terminal.run(
                    "import",
                    "--json",
                    try terminal.write("Other\n\nText.", to: "o.txt")
                ).json()["articles"] as? [[String: Any]]
            ).first?["id"] as? String
        let unknown = change.hasPrefix("0000") ? "zzzz" : "0000"
        for (version, exit, words) in [
            (unknown, 3, "no change whose id begins"), ("ab", 2, "at least 4"),
            (String(try #require(other).prefix(8)), 3, "none of article"),
            ("\(change)^^^", 3, "before the article began"), ("@~2", 2, "names no version"),
            ("", 2, "at least 4"),
        ] {
            for command in [
                ["diff", id, version], ["show", id, "--rev", version],
                ["blame", id, "--rev", version], ["restore", id, "--rev", version],
            ] {
                let outcome = terminal.run(command)
                #expect(outcome.exit == exit, "\(command): \(outcome.messages)")
                #expect(outcome.messages.contains(words), "\(command): \(outcome.messages)")
            }
        }
        #expect(terminal.run("undo", unknown).exit == 3)
        #expect(terminal.run("undo", "ab").exit == 2)
    }

    @Test func anOldVersionIsShownAndBlamed() throws {
        let change = try edit("at ten", "at nine")
        try edit("at nine", "at eight")
        terminal.run("set", id, "title=Another")
        #expect(terminal.run("show", id, "--rev", change).output.contains("leaves at nine"))
        #expect(terminal.run("show", id, "--rev", change).output.contains("2 changes since"))
        #expect(terminal.run("show", id, "--rev", change).output.hasPrefix("The night ferry"))
        #expect(terminal.run("show", id, "--rev", "\(change)^").output.contains("leaves at ten"))
        #expect(terminal.run("show", id, "--rev", "@").output == terminal.run("show", id).output)
        let blame = terminal.run("blame", id, "--rev", change).output
        #expect(blame.contains("nine") && !blame.contains("eight"))
    }

    // MARK: diff

    @Test func aDifferenceIsShownInWords() throws {
        let start = try last()
        let change = try edit("leaves at ten", "departs at ten")
        terminal.run("tag", id, "+night", "-ferries")
        terminal.run("set", id, "mood=", "byline=Cy Dee")
        let all = terminal.run("diff", id, start).output
        for words in [
            "The ferry [-leaves-]{+departs+} at ten", "¶1", "{+#night+}", "[-#ferries-]",
            "mood\n  [-calm-]", "[-Ada Moss, Ben Okoro-] {+Cy Dee+}",
        ] {
            #expect(all.contains(words), "\(words) in \(all)")
        }
        #expect(!all.contains("island"), "paragraphs that are the same are left out")
        #expect(terminal.run("diff", id, "--change", change).output.contains("{+departs+}"))
        #expect(terminal.run("diff", id, "\(change)^", change).output.contains("{+departs+}"))
        #expect(terminal.run("diff", id, change, "\(change)^").output.contains("[-departs-]"))
        #expect(terminal.run("diff", id).output.contains("{+Cy Dee+}"), "the last change")
        #expect(terminal.run("diff", id, "@").output.contains("No difference."))
        #expect(terminal.run("diff", id, "@", "@", "@").exit == 2)
        let json = try terminal.run("diff", id, try seed(), "--json").json()
        #expect(json["schema"] as? String == "galley.diff/1")
        let texts = try #require(json["texts"] as? [[String: Any]])
        let hunk = try #require((texts.first?["hunks"] as? [[String: Any]])?.first)
        #expect(hunk["removed"] as? String == "leaves" && hunk["added"] as? String == "departs")
        #expect(hunk["old_position"] as? Int == 10)
        #expect((json["tags"] as? [String: [String]])?["added"] == ["night"])
    }

    @Test func coloursTakeThePlaceOfBracketsOnATerminal() throws {
        try edit("leaves at ten", "departs at ten")
        let plain = terminal.run(["diff", id], columns: 80).output
        #expect(plain.contains("[-leaves-]{+departs+}"), "no TERM, no colour")
        terminal.variables["TERM"] = "xterm"
        let coloured = terminal.run(["diff", id], columns: 80).output
        #expect(coloured.contains("\u{1B}[9;31mleaves\u{1B}[0m\u{1B}[4;32mdeparts\u{1B}[0m"))
        for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("CLICOLOR", "0")] {
            let before = terminal.variables
            terminal.variables[name] = value
            #expect(terminal.run(["diff", id], columns: 80).output == plain, "\(name)")
            terminal.variables = before
        }
        #expect(!terminal.run("diff", id).output.contains("\u{1B}"), "not into a file")
        #expect(terminal.run("diff", id, "--color", "always").output.contains("\u{1B}[9;31m"))
        terminal.variables["CLICOLOR_FORCE"] = "1"
        #expect(terminal.run("diff", id).output.contains("\u{1B}[9;31m"))
        #expect(!terminal.run("diff", id, "--color", "never").output.contains("\u{1B}"))
        #expect(terminal.run("diff", id, "--color", "sometimes").exit == 2)
        #expect(!terminal.run("diff", id, "--json").output.contains("\u{1B}"))
    }

    @Test func paragraphsThatComeGoSplitAndJoinAreTold() throws {
        try edit("\n\nPeople on", "\n\nA new one.\n\nPeople on")
        #expect(terminal.run("diff", id).output.contains("¶2 new\n  {+A new one.+}"))
        try edit("A new one.\n\n", "")
        #expect(terminal.run("diff", id).output.contains("¶2 deleted\n  [-A new one.-]"))
        try edit("at two.\n\nPeople", "at two. People")
        #expect(terminal.run("diff", id).output.contains("[-¶-]{+ +}People"))
        try edit("at two. People", "at two.\n\nPeople")
        #expect(terminal.run("diff", id).output.contains("{+¶+}"))
    }

    @Test func aUnifiedDifferenceIsTakenByPatch() throws {
        let before = raw()
        let start = try last()
        try edit("at ten", "at nine")
        try edit("\n\nPeople on", "\n\nA new one.\n\nPeople on")
        terminal.run("tag", id, "+night")
        let after = raw()
        let patch = try terminal.write(
            terminal.run("diff", id, start, "--unified").output,
            to: "change.patch"
        )
        let file = try terminal.write(before, to: "before.md")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/patch")
        process.arguments = ["--quiet", "--fuzz=0", file, patch]
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/patch") else { return }
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == after)
        #expect(terminal.run("diff", id, "@", "--unified").output.isEmpty)
        let narrow = terminal.run("diff", id, start, "--unified", "-U", "0").output
        #expect(!narrow.split(separator: "\n").contains { $0.hasPrefix(" ") })
    }

    // MARK: undo and restore

    @Test func oneChangeInTheMiddleIsTakenBack() throws {
        let first = try edit("leaves at ten", "departs at ten")
        try edit("like it", "love it")
        terminal.run("set", id, "mood=wild")
        let outcome = terminal.run("undo", first)
        #expect(outcome.exit == 0)
        #expect(outcome.output.contains("“departs” → “leaves”"), "\(outcome.output)")
        #expect(raw().contains("leaves at ten") && raw().contains("love it"))
        #expect(raw().contains("mood: wild"))
        // The words are the ones that were there: nobody has typed them anew.
        let blame = try terminal.run("blame", id, "--block", "1", "--json").json()["runs"]
        #expect((blame as? [[String: Any]])?.count == 1)
        let undo = try last()
        #expect(terminal.run("undo", undo).exit == 0)
        #expect(raw().contains("departs at ten"))
        let again = terminal.run("undo", undo)
        #expect(again.exit == 0)
        #expect(again.output.contains("nothing of it is left"))
    }

    @Test func severalAreTakenBackOneByOne() throws {
        let before = raw()
        let first = try edit("leaves at ten", "departs at nine")
        let second = try edit("departs at nine", "departs at eight")
        let json = try terminal.run("undo", first, second, "--json").json()
        #expect((json["undone"] as? [[String: Any]])?.count == 2)
        #expect(raw() == before)
    }

    @Test func aFieldThatWasSetSinceIsLeftAloneAndSaid() throws {
        terminal.run("set", id, "mood=wild", "place=Pier 4")
        let change = try last()
        terminal.run("set", id, "mood=merry")
        let outcome = terminal.run("undo", change)
        #expect(outcome.messages.contains("left alone: mood"))
        #expect(raw().contains("mood: merry") && !raw().contains("Pier 4"))
        let json = try terminal.run("undo", change, "--json").json()
        let undone = try #require((json["undone"] as? [[String: Any]])?.first)
        #expect(undone["entry"] is NSNull)
        #expect((undone["left_alone"] as? [String])?.count == 1)
    }

    @Test func theBeginningOfAnArticleCannotBeTakenBack() throws {
        let outcome = terminal.run("undo", try seed())
        #expect(outcome.exit == 1)
        #expect(outcome.messages.contains("galley delete"))
    }

    @Test func anUndoInADryRunChangesNothing() throws {
        let change = try edit("leaves at ten", "departs at ten")
        #expect(terminal.run("undo", change, "--dry-run").output.contains("would be taken back"))
        #expect(raw().contains("departs"))
    }

    @Test func aVersionIsBroughtBackWithItsWords() throws {
        let before = raw()
        terminal.run("note", "add", id, "--quote", "comes back", "-m", "When?")
        let change = try edit("The ferry leaves at ten and comes back at two.", "Gone.")
        terminal.run("set", id, "title=Another", "mood=")
        terminal.run("tag", id, "+night", "-ferries")
        #expect(terminal.run("note", "list", "--orphans").output.contains("orphan"))
        let dry = terminal.run("restore", id, "--rev", "\(change)^", "--dry-run")
        #expect(dry.output.contains("would be restored"))
        let outcome = terminal.run("restore", id, "--rev", "\(change)^")
        #expect(outcome.exit == 0)
        for words in ["¶1: ", "title", "mood", "+#ferries", "−#night"] {
            #expect(outcome.output.contains(words), "\(words): \(outcome.output)")
        }
        #expect(raw() == before)
        #expect(terminal.run("note", "list", "--orphans").output.isEmpty, "the note is back")
        let again = terminal.run("restore", id, "--rev", "\(change)^")
        #expect(again.exit == 0)
        #expect(again.output.contains("nothing to restore"))
        #expect(terminal.run("undo", try last()).exit == 0)
        #expect(raw().contains("Gone.") && raw().contains("title: Another"))
    }

    @Test func aDeletedArticleIsNotRestoredUnseen() throws {
        let change = try edit("at ten", "at nine")
        terminal.run("delete", id)
        #expect(terminal.run("restore", id, "--rev", "\(change)^").exit == 4)
        #expect(terminal.run("undo", try last()).exit == 0, "the deletion")
        #expect(try terminal.ids() == [id])
    }

    // MARK: blame

    @Test func blameTellsWordsByDeviceAndRunsByChange() throws {
        let first = try edit("at ten", "at half past nine")
        let second = try edit("half past nine", "half past eight")
        let rows = terminal.run("blame", id, "--block", "1").output
        #expect(rows.contains("half past eight"), "one device, one row: \(rows)")
        let changes = terminal.run("blame", id, "--block", "1", "--changes").output
        #expect(changes.contains(first) && changes.contains(second))
        let runs = try #require(
            try terminal.run("blame", id, "--json").json()["runs"] as? [[String: Any]]
        )
        let body = runs.filter { $0["block"] as? Int == 1 }.compactMap { $0["text"] as? String }
        #expect(body.joined() == "The ferry leaves at half past eight and comes back at two.")
        #expect(runs.contains { $0["user"] as? String == "ada" && $0["signature"] is String })
        var end = 0
        for run in runs {
            #expect((run["start"] as? Int ?? -1) >= end)
            end = try #require(run["end"] as? Int)
        }
    }
}
