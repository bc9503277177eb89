import Foundation
import TestSupport
import Testing

/// Conflicts between edits that were made on one machine from one older version.
@Suite struct ConflictCommandTests {
    private let terminal: Terminal
    private let id: String
    private let opened: String
    private let base: String

    init() throws {
        terminal = try Terminal()
        id = try terminal.makeLibrary()
        opened = terminal.run("show", id, "--raw").output
        let log = try terminal.run("log", id, "--json").json()["changes"] as? [[String: Any]]
        base = try #require(log?.first?["handle"] as? String)
    }

    /// Edits the article as it was imported; gives what the command said.
    @discardableResult
    private func edit(_ old: String, _ new: String) throws -> Terminal.Outcome {
        #expect(opened.contains(old))
        let text = opened.replacingOccurrences(of: old, with: new)
        let path = try terminal.write(text, to: "draft.md")
        let outcome = terminal.run("edit", id, "--from", path, "--base", base)
        #expect(outcome.exit == 0, "\(outcome.messages)")
        return outcome
    }

    private func makeConflict() throws {
        try edit("leaves at ten", "departs before nine")
        try edit("leaves at ten", "sails about noon")
    }

    private func conflicts() throws -> [[String: Any]] {
        let all = try terminal.run("conflicts", id, "--json").json()["conflicts"]
        return try #require(all as? [[String: Any]])
    }

    private func only() throws -> (id: String, token: String) {
        let all = try conflicts()
        #expect(all.count == 1)
        let id = try #require(all.first?["short"] as? String)
        return (id, try #require(all.first?["token"] as? String))
    }

    private func raw() -> String { terminal.run("show", id, "--raw").output }

    private func entryCount() throws -> Int {
        try terminal.run("status", "--json").json()["entries"] as? Int ?? -1
    }

    // MARK: Seeing

    @Test func oneSideIsShownAndBothAreKept() throws {
        try makeConflict()
        let all = try conflicts()
        let conflict = try #require(all.first)
        #expect(all.count == 1)
        #expect(conflict["paragraph"] as? Int == 1)
        #expect(conflict["base"] as? String == "leaves at ten")
        let alternatives = try #require(conflict["alternatives"] as? [[String: Any]])
        let texts = alternatives.compactMap { $0["text"] as? String }
        #expect(Set(texts) == ["departs before nine", "sails about noon"])
        #expect(raw().contains("The ferry \(texts[0]) and comes back at two."))
        #expect(alternatives.first?["shown"] as? Bool == true)
        let sides = try #require(alternatives.first?["sides"] as? [[String: Any]])
        #expect(sides.first?["device"] as? String == "ada/laptop")
    }

    @Test func listStatusAndShowCountAndMarkIt() throws {
        try makeConflict()
        let (conflict, token) = try only()
        #expect(terminal.run("list").output.contains("1 conflict"))
        #expect(terminal.run("status").output.contains("1 conflict"))
        #expect(terminal.run("status", "--exit-code").exit == 4)
        #expect(try terminal.run("status", "--json").json()["conflicts"] as? Int == 1)
        #expect(terminal.run("conflicts").output.hasPrefix(conflict))
        #expect(terminal.run("show", id).output.contains("conflict \(conflict)"))
        #expect(terminal.run("show", id, columns: 80).output.contains("]\(conflict)"))
        let shown = terminal.run("conflicts", "show", conflict)
        #expect(shown.exit == 0)
        #expect(shown.output.contains("token \(token)"))
        for words in ["[leaves at ten]", "[departs before nine]", "[sails about noon]"] {
            #expect(shown.output.contains(words), "\(shown.output)")
        }
        #expect(shown.messages.contains("galley resolve \(conflict)"))
        let json = try terminal.run("conflicts", "show", conflict, "--json").json()
        #expect(json["schema"] as? String == "galley.conflict/1")
        #expect(json["token"] as? String == token)
    }

    @Test func exportsCarryItMarked() throws {
        try makeConflict()
        let conflict = try only().id
        let json = try terminal.run("export", id, "--format", "json").json()
        #expect((json["conflicts"] as? [[String: Any]])?.first?["short"] as? String == conflict)
        let markdown = terminal.run("export", id, "--format", "markdown").output
        #expect(markdown.contains("# open conflict \(conflict)"))
        let other = try Terminal()
        _ = try other.makeLibrary(markdown)
        #expect(other.run("show", try #require(other.ids().first), "--raw").output == raw())
    }

    @Test func searchFindsTheWordsThatAreShownAlone() throws {
        try makeConflict()
        let isFirst = raw().contains("departs")
        let hits = ["departs", "sails"].map { terminal.run("search", $0).output.isEmpty }
        #expect(hits == [!isFirst, isFirst])
    }

    // MARK: Resolving

    @Test(arguments: ["departs before nine", "sails about noon"])
    func aSideIsTakenByItsChange(_ words: String) throws {
        try makeConflict()
        let alternatives = try #require(try conflicts()[0]["alternatives"] as? [[String: Any]])
        let taken = try #require(alternatives.first { $0["text"] as? String == words })
        let side = try #require((taken["sides"] as? [[String: Any]])?.first)
        let (conflict, token) = try only()
        let outcome = terminal.run(
            ["resolve", conflict, "--take", try #require(side["short"] as? String)]
                + ["--expect", token]
        )
        #expect(outcome.exit == 0, "\(outcome.messages)")
        #expect(raw().contains("The ferry \(words) and comes back at two."))
        #expect(try conflicts().isEmpty)
        #expect(terminal.run("status", "--exit-code").exit == 0)
        #expect(terminal.run("doctor").exit == 0)

        let again = terminal.run("resolve", conflict, "--base")
        #expect(again.exit == 3)
        #expect(again.messages.contains("resolved already: by ada/laptop"))
        #expect(terminal.run("conflicts", "show", conflict).exit == 3)
    }

    @Test func theBaseOrAllSidesAreTaken() throws {
        try makeConflict()
        #expect(terminal.run("resolve", id, "--base").exit == 0)
        #expect(raw() == opened)
        try edit("It runs until two", "It runs until three")
        try edit("It runs until two", "It runs until dawn")
        #expect(terminal.run("resolve", id, "--both").exit == 0)
        let summary = try terminal.run("export", id, "--format", "json").json()["summary"]
        let words = try #require(summary as? String)
        #expect(words.contains("three") && words.contains("dawn"))
        #expect(try conflicts().isEmpty)
    }

    @Test func whatCannotBeMeantIsRefused() throws {
        try makeConflict()
        let before = try entryCount()
        let (conflict, token) = try only()
        #expect(terminal.run("resolve", conflict).exit == 2)
        #expect(terminal.run("resolve", "--ours").exit == 2)
        #expect(terminal.run("resolve", conflict, "--base", "--both").exit == 2)
        #expect(terminal.run("resolve", conflict, "--hunk", "0", "--base").exit == 2)
        // Both sides are this device's.
        #expect(terminal.run("resolve", conflict, "--ours").exit == 2)
        #expect(terminal.run("resolve", conflict, "--theirs").exit == 2)
        #expect(terminal.run("resolve", conflict, "--take", "ada").exit == 2)
        let nobody = terminal.run("resolve", conflict, "--take", "zoe")
        #expect(nobody.exit == 3)
        #expect(nobody.messages.contains("ada/laptop"))
        #expect(terminal.run("resolve", "zzzz", "--base").exit == 3)
        #expect(terminal.run("resolve", "zz", "--base").exit == 2)
        #expect(terminal.run("resolve", id, "--hunk", "2", "--base").exit == 3)
        #expect(terminal.run("resolve", id, "--all", "--edit").exit == 2)
        #expect(terminal.run("resolve", conflict, "--from", "/nowhere").exit == 3)
        let stale = terminal.run("resolve", conflict, "--base", "--expect", "zzzz")
        #expect(stale.exit == 4)
        #expect(stale.output.contains("token \(token)"), "it is shown again")
        let json = terminal.run("resolve", conflict, "--base", "--expect", "zzzz", "--json")
        #expect(json.exit == 4)
        #expect(json.messages.contains("\"kind\":\"conflict.stale\""))
        #expect(try entryCount() == before)
        #expect(try only() == (conflict, token))
    }

    @Test func aSideThatWentOnMakesTheTokenStale() throws {
        try edit("leaves at ten", "departs before nine")
        let draft = raw()
        let log = try terminal.run("log", id, "--json").json()["changes"] as? [[String: Any]]
        let first = try #require(log?.first?["handle"] as? String)
        try edit("leaves at ten", "sails about noon")
        let (conflict, token) = try only()
        let path = try terminal.write(
            draft.replacingOccurrences(of: "before nine", with: "before half past nine"),
            to: "more.md"
        )
        #expect(terminal.run("edit", id, "--from", path, "--base", first).exit == 0)
        let outcome = terminal.run("resolve", conflict, "--base", "--expect", token)
        #expect(outcome.exit == 4)
        #expect(outcome.output.contains("half past nine"))
        // Its id may have become another one by that.
        let now = try only()
        #expect(terminal.run("resolve", now.id, "--base", "--expect", now.token).exit == 0)
    }

    @Test func theHunksOfAnArticleAreCountedFromOne() throws {
        try edit("leaves at ten and comes back at two", "departs before nine and is home at one")
        let text = opened.replacingOccurrences(of: "leaves at ten", with: "sails about noon")
            .replacingOccurrences(of: "island like it", with: "island love it")
        let path = try terminal.write(text, to: "draft.md")
        #expect(terminal.run("edit", id, "--from", path, "--base", base).exit == 0)
        try edit("island like it", "island hate it")
        #expect(try conflicts().count == 2)
        #expect(terminal.run("resolve", id, "--base").exit == 2, "one of two has to be named")
        #expect(terminal.run("resolve", id, "--hunk", "2", "--base").exit == 0)
        #expect(raw().contains("People on the island like it."))
        #expect(terminal.run("resolve", id, "--hunk", "1", "--base").exit == 0)
        #expect(try conflicts().isEmpty)
    }

    @Test func allAreResolvedAtOnce() throws {
        try makeConflict()
        try edit("calm", "wild")
        try edit("calm", "grey")
        #expect(try conflicts().count == 2)
        let outcome = terminal.run("resolve", "--all", "--base", "--json")
        #expect(outcome.exit == 0)
        #expect((try outcome.json()["resolved"] as? [Any])?.count == 2)
        #expect(try outcome.json()["conflicts"] as? Int == 0)
        #expect(raw() == opened)
        #expect(terminal.run("resolve", "--all", "--base").messages.contains("No conflicts"))
    }

    @Test func severalValuesOfAFieldAreAConflict() throws {
        try edit("The night ferry", "The late ferry")
        try edit("The night ferry", "The early ferry")
        let conflict = try only().id
        let path = try terminal.write("The ferry\n", to: "title.txt")
        #expect(terminal.run("resolve", conflict, "--both").exit == 2, "a title is one value")
        #expect(terminal.run("resolve", conflict, "--from", path).exit == 0)
        #expect(raw().contains("title: The ferry\n"))
        let again = terminal.run("resolve", conflict, "--base")
        #expect(again.exit == 3)
        #expect(again.messages.contains("ada/laptop"))
    }

    // MARK: In an editor

    @Test func theEditorGetsMarksAsGitHasThem() throws {
        try makeConflict()
        let conflict = try only().id
        let copy = terminal.folder.file("seen")
        terminal.variables["EDITOR"] =
            "sh -c 'cp \"$0\" \(copy); echo casts off at noon > \"$0\"'"
        let outcome = terminal.run("resolve", conflict, "--edit")
        #expect(outcome.exit == 0, "\(outcome.messages)")
        let lines = try String(contentsOfFile: copy, encoding: .utf8).split(separator: "\n")
        let marks = lines.map { $0.prefix(7) }
        let first = try #require(marks.firstIndex(of: "<<<<<<<"))
        #expect(marks[first + 2] == "|||||||")
        #expect(lines[first + 3] == "leaves at ten")
        #expect(marks[first + 4] == "=======")
        #expect(marks[first + 6] == ">>>>>>>")
        #expect(raw().contains("The ferry casts off at noon and comes back at two."))
        #expect(try conflicts().isEmpty)
        let drafts = terminal.folder.file("state/galley/drafts")
        #expect(try FileManager.default.contentsOfDirectory(atPath: drafts) == [])
    }

    @Test func leftoverMarksAreRefusedAndTheTextIsKept() throws {
        try makeConflict()
        let before = try entryCount()
        let conflict = try only().id
        terminal.variables["EDITOR"] = "sed -i -e /^=======/d"
        let outcome = terminal.run("resolve", conflict, "--edit")
        #expect(outcome.exit == 1)
        let drafts = terminal.folder.file("state/galley/drafts")
        let kept = try #require(FileManager.default.contentsOfDirectory(atPath: drafts).first)
        #expect(outcome.messages.contains("\(drafts)/\(kept)"))
        #expect(try entryCount() == before)
        #expect(try only().id == conflict)
        #expect(terminal.run("resolve", conflict, "--from", "\(drafts)/\(kept)").exit == 1)
    }

    @Test func anEditorThatGivesUpFailsOrDeletesTheFileResolvesNothing() throws {
        try makeConflict()
        let before = try entryCount()
        let conflict = try only().id
        let drafts = terminal.folder.file("state/galley/drafts")
        for (editor, exit) in [("true", 4), ("false", 1), ("rm", 3), ("no-such-editor", 1)] {
            terminal.variables["EDITOR"] = editor
            let outcome = terminal.run("resolve", conflict, "--edit")
            #expect(outcome.exit == exit, "\(editor): \(outcome.messages)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: drafts) == [])
        }
        terminal.variables["EDITOR"] = "sh -c ': > \"$0\"'"
        #expect(terminal.run("resolve", conflict, "--edit").exit == 1, "an empty text")
        #expect(try entryCount() == before)
        #expect(try only().id == conflict)
    }

    // MARK: Editing beside

    @Test func anEditInsideSettlesItAndSaysSo() throws {
        try makeConflict()
        let conflict = try only().id
        let shown = raw()
        let text = shown.replacingOccurrences(of: "before nine", with: "before ten")
            .replacingOccurrences(of: "about noon", with: "about ten")
        let path = try terminal.write(text, to: "inside.md")
        let outcome = terminal.run("edit", id, "--from", path)
        #expect(outcome.exit == 0)
        #expect(outcome.messages.contains("settles conflict \(conflict)"))
        #expect(raw() == text)
        #expect(try conflicts().isEmpty)
    }

    @Test func anEditElsewhereLeavesIt() throws {
        try makeConflict()
        let before = try only()
        let text = raw().replacingOccurrences(of: "island like it", with: "island love it")
        let path = try terminal.write(text, to: "elsewhere.md")
        let outcome = terminal.run("edit", id, "--from", path)
        #expect(outcome.exit == 0)
        #expect(!outcome.messages.contains("settles"))
        #expect(raw() == text)
        #expect(try only() == before)
    }

    @Test func aNoteOnShownWordsStandsThere() throws {
        try makeConflict()
        let words =
            raw().contains("departs before nine") ? "departs before nine" : "sails about noon"
        let outcome = terminal.run("note", "add", id, "--quote", words, "-m", "When exactly?")
        #expect(outcome.exit == 0)
        let notes = try terminal.run("export", id, "--format", "json").json()["notes"]
        let note = try #require((notes as? [[String: Any]])?.first)
        #expect(note["orphan"] as? Bool == false)
        #expect(try conflicts().count == 1, "a note settles nothing")
    }
}

/// Merges that nobody was asked about.
@Suite struct ReviewCommandTests {
    private let terminal: Terminal
    private let id: String

    init() throws {
        terminal = try Terminal()
        id = try terminal.makeLibrary()
        let opened = terminal.run("show", id, "--raw").output
        let log = try terminal.run("log", id, "--json").json()["changes"] as? [[String: Any]]
        let base = try #require(log?.first?["handle"] as? String)
        for (old, new) in [
            ("The ferry leaves", "The ship leaves"), ("back at two", "back at three"),
        ] {
            let text = opened.replacingOccurrences(of: old, with: new)
            let path = try terminal.write(text, to: "draft.md")
            #expect(terminal.run("edit", id, "--from", path, "--base", base).exit == 0)
        }
    }

    private func merges() throws -> [[String: Any]] {
        try #require(try terminal.run("review", "--json").json()["merges"] as? [[String: Any]])
    }

    private func raw() -> String { terminal.run("show", id, "--raw").output }

    @Test func editsOfOneParagraphThatDoNotTouchAreListed() throws {
        #expect(raw().contains("The ship leaves at ten and comes back at three."))
        let all = try merges()
        let merge = try #require(all.first)
        #expect(all.count == 1)
        #expect(merge["number"] as? Int == 1)
        #expect((merge["changes"] as? [Any])?.count == 2)
        let text = terminal.run("review").output
        #expect(text.contains("[ship]") && text.contains("[three]"), "\(text)")
        #expect(terminal.run("status").output.contains("1 to review"))
        #expect(terminal.run("status", "--exit-code").exit == 0, "nobody has to decide")
        #expect(terminal.run("review", "--since", "2100-01-01").output.isEmpty)
    }

    @Test func anAcceptedMergeIsListedNoMore() throws {
        let hash = try terminal.run("status", "--json").json()["state_hash"] as? String
        let merge = try #require(try merges().first?["short"] as? String)
        #expect(terminal.run("review", "--accept").exit == 2)
        #expect(terminal.run("review", "zzzz", "--accept").exit == 3)
        #expect(terminal.run("review", merge, "--accept").exit == 0)
        #expect(try merges().isEmpty)
        #expect(try terminal.run("status", "--json").json()["to_review"] as? Int == 0)
        #expect(try terminal.run("status", "--json").json()["state_hash"] as? String == hash)
        #expect(terminal.run("doctor").exit == 0)
        #expect(terminal.run("review", "--accept", "--all").output.contains("Accepted 0"))
    }

    @Test func oneOfItsChangesIsTakenBack() throws {
        let changes = try #require(try merges().first?["changes"] as? [[String: Any]])
        let first = try #require(changes.first?["short"] as? String)
        #expect(terminal.run("review", "--undo", first).exit == 0)
        #expect(raw().contains("The ferry leaves at ten and comes back at three."))
        #expect(try merges().isEmpty)
    }
}
