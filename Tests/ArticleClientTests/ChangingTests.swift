import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite struct EditCommandTests {
    private let terminal: Terminal
    private let id: String

    init() throws {
        terminal = try Terminal()
        id = try terminal.makeLibrary()
    }

    private func raw() -> String { terminal.run("show", id, "--raw").output }

    private func entryCount() throws -> Int {
        try terminal.run("status", "--json").json()["entries"] as? Int ?? -1
    }

    @Test func theEditorGetsMarkdownAndItsChangesAreSigned() throws {
        let before = try entryCount()
        terminal.variables["EDITOR"] = "sed -i -e s/at.ten/at.nine/ -e s/calm/wild/"
        let outcome = terminal.run("edit", id)
        #expect(outcome.exit == 0)
        #expect(raw().contains("leaves at.nine and"))
        #expect(raw().contains("mood: wild"))
        #expect(try entryCount() == before + 1, "text and field are one change set")
        let drafts = terminal.folder.file("state/galley/drafts")
        #expect(try FileManager.default.contentsOfDirectory(atPath: drafts) == [])
    }

    @Test func visualGoesBeforeEditorAndTheOptionBeforeBoth() throws {
        terminal.variables["EDITOR"] = "false"
        terminal.variables["VISUAL"] = "true"
        #expect(terminal.run("edit", id).exit == 0)
        #expect(terminal.run("edit", id, "--editor", "false").exit == 1)
    }

    @Test func savedUnchangedNothingIsSigned() throws {
        let before = try entryCount()
        terminal.variables["EDITOR"] = "touch"
        let outcome = terminal.run("edit", id)
        #expect(outcome.exit == 0)
        #expect(outcome.output.contains("nothing changed"))
        #expect(try entryCount() == before)
        let path = try terminal.write(raw(), to: "same.md")
        #expect(terminal.run("edit", id, "--from", path).output.contains("nothing changed"))
        #expect(try entryCount() == before)
    }

    @Test func aFailingEditorKeepsTheDraftAndChangesNothing() throws {
        let before = try entryCount()
        terminal.variables["EDITOR"] = "sh -c 'echo more >>\"$0\"; exit 3'"
        let outcome = terminal.run("edit", id)
        #expect(outcome.exit == 1)
        let drafts = terminal.folder.file("state/galley/drafts")
        let kept = try FileManager.default.contentsOfDirectory(atPath: drafts)
        let draft = try #require(kept.first { $0.hasSuffix(".md") })
        #expect(outcome.messages.contains("\(drafts)/\(draft)"))
        #expect(try String(contentsOfFile: "\(drafts)/\(draft)", encoding: .utf8).contains("more"))
        #expect(try entryCount() == before)
    }

    @Test func aSlipInTheFrontMatterLosesNoField() throws {
        let before = raw()
        for broken in [
            before.replacingOccurrences(of: "mood: calm", with: "mood calm"),
            before.replacingOccurrences(of: "\n---\n\nThe ferry", with: "\n\nThe ferry"), "",
        ] {
            let path = try terminal.write(broken, to: "broken.md")
            #expect(terminal.run("edit", id, "--from", path).exit == 1)
            #expect(raw() == before)
        }
    }

    @Test func aFileWithoutFrontMatterReplacesTheBodyAlone() throws {
        terminal.input = Array("Another text\r\nof two lines.\n".utf8)
        #expect(terminal.run("edit", id, "--from", "-").exit == 0)
        #expect(raw().hasSuffix("---\n\nAnother text\nof two lines.\n"))
        #expect(raw().contains("mood: calm"))
    }

    @Test func fieldsTagsAndSummaryAreEditedInTheFrontMatter() throws {
        let edited = raw()
            .replacingOccurrences(of: "tags: [ferries]", with: "tags: [boats, night]")
            .replacingOccurrences(of: "mood: calm\n", with: "")
            .replacingOccurrences(of: "byline: [Ada Moss, Ben Okoro]", with: "byline: [Cy Dee]")
            .replacingOccurrences(of: "It runs until two", with: "It runs until three")
        let path = try terminal.write(edited, to: "edited.md")
        #expect(terminal.run("edit", id, "--from", path).exit == 0)
        #expect(raw() == edited)
        #expect(try terminal.ids("--tag", "boats").count == 1)
        #expect(try terminal.ids("--tag", "ferries").isEmpty)
    }

    @Test func aTextThatDiffersByNormalisationOnlyIsNoEdit() throws {
        let decomposed = "Caf\u{65}\u{301} by the pier.\n"
        let path = try terminal.write("Café by the pier.\n", to: "composed.md")
        #expect(terminal.run("edit", id, "--from", path).exit == 0)
        let before = try entryCount()
        let other = try terminal.write(decomposed, to: "decomposed.md")
        #expect(terminal.run("edit", id, "--from", other).output.contains("nothing changed"))
        #expect(try entryCount() == before)
    }

    @Test func whatCameInWhileTheEditorWasOpenIsMerged() throws {
        // The editor says when it is open, and waits until it may save.
        let opened = terminal.folder.file("opened")
        let mayClose = terminal.folder.file("may-close")
        #expect(unsafe mkfifo(opened, 0o600) == 0)
        #expect(unsafe mkfifo(mayClose, 0o600) == 0)
        let editor = try terminal.write(
            "echo open >'\(opened)'; read word <'\(mayClose)'; sed -i s/island/isle/ \"$1\"",
            to: "editor.sh"
        )
        let slow = try Terminal()
        slow.variables = terminal.variables
        slow.variables["EDITOR"] = "sh \(editor)"
        let outcome = Mutex<Int32?>(nil)
        let ended = DispatchSemaphore(value: 0)
        let id = id
        Thread.detachNewThread {
            let exit = slow.run("edit", id).exit
            outcome.withLock { $0 = exit }
            ended.signal()
        }
        _ = try FileHandle(forReadingFrom: URL(filePath: opened)).readToEnd()
        terminal.input = Array(
            raw().replacingOccurrences(of: "leaves at ten", with: "leaves at eleven").utf8
        )
        #expect(terminal.run("edit", id, "--from", "-").exit == 0)
        try FileHandle(forWritingTo: URL(filePath: mayClose)).write(contentsOf: Data("go\n".utf8))
        ended.wait()
        #expect(outcome.withLock { $0 } == 0)
        #expect(raw().contains("leaves at eleven"), "the edit made meanwhile is not undone")
        #expect(raw().contains("on the isle like"))
    }
}

@Suite struct ChangingCommandTests {
    private let terminal: Terminal
    private let id: String

    init() throws {
        terminal = try Terminal()
        id = try terminal.makeLibrary()
    }

    @Test func fieldsAreSetAndCleared() throws {
        #expect(
            terminal.run(
                "set",
                id,
                "byline=Cy Dee; Eve",
                "published=2025-06-03",
                "mood=",
                "place=Pier 4"
            ).exit == 0
        )
        let raw = terminal.run("show", id, "--raw").output
        #expect(raw.contains("byline: [Cy Dee, Eve]"))
        #expect(raw.contains("published: 2025-06-03"))
        #expect(raw.contains("place: Pier 4"))
        #expect(!raw.contains("mood"))
        for wrong in ["published=someday", "title", "=x", "body=x", "tags=x"] {
            #expect(terminal.run("set", id, wrong).exit == 2, "\(wrong)")
        }
    }

    @Test func tagsArePutOnAndTakenOff() throws {
        #expect(terminal.run("tag", id, "+boats", "-ferries", "night").exit == 0)
        #expect(terminal.run("tag", id).output == "boats\nnight\n")
        #expect(terminal.run("tag", id, "-b").output.contains("nothing changed"))
        let json = try terminal.run("tag", id, "--json").json()
        #expect(json["tags"] as? [String] == ["boats", "night"])
    }

    @Test func aDeletedArticleTakesNoEditsUntilItIsBroughtBack() throws {
        #expect(terminal.run("delete", id).exit == 0)
        #expect(try terminal.ids().isEmpty)
        #expect(try terminal.ids("--deleted") == [id])
        #expect(terminal.run("delete", id).output.contains("before"))
        let outcome = terminal.run("set", id, "mood=x")
        #expect(outcome.exit == 4)
        #expect(outcome.messages.contains("undelete"))
        #expect(terminal.run("undelete", id).exit == 0)
        #expect(try terminal.ids() == [id])
    }

    @Test func notesAreAddedAnsweredChangedResolvedAndTakenBack() throws {
        let added = try terminal.run(
            "note",
            "add",
            id,
            "--quote",
            "the island",
            "-m",
            "Which?",
            "--tag",
            "check",
            "--json"
        ).json()
        let note = try #require(added["id"] as? String)
        #expect(terminal.run("note", "reply", note, "-m", "Lindholm").exit == 0)
        #expect(terminal.run("note", "edit", note, "-m", "Which island?").exit == 0)
        #expect(terminal.run("note", "resolve", note).exit == 0)
        let shown = terminal.run("note", "show", String(note.prefix(6))).output
        for words in ["“the island”", "Which island?", "ada: Lindholm", "resolved", "#check", "¶2"]
        {
            #expect(shown.contains(words), "\(words)")
        }
        #expect(terminal.run("note", "list", id, "--open").output.isEmpty)
        #expect(terminal.run("note", "resolve", note, "--reopen").exit == 0)
        #expect(!terminal.run("note", "list", id, "--open").output.isEmpty)
        #expect(terminal.run("note", "delete", note).exit == 0)
        #expect(terminal.run("note", "list", id).output.contains("deleted by its author"))
    }

    @Test func aNoteFollowsItsWordsAndIsAnOrphanWithoutThem() throws {
        terminal.run("note", "add", id, "--quote", "comes back", "-m", "When?")
        var edited = terminal.run("show", id, "--raw").output
            .replacingOccurrences(of: "The ferry", with: "Every evening the old ferry")
        terminal.input = Array(edited.utf8)
        terminal.run("edit", id, "--from", "-")
        #expect(terminal.run("note", "list", "--orphans").output.isEmpty)
        #expect(terminal.run("note", "list").output.contains("“comes back”"))
        edited = edited.replacingOccurrences(of: "comes back ", with: "")
        terminal.input = Array(edited.utf8)
        terminal.run("edit", id, "--from", "-")
        #expect(terminal.run("note", "list", "--orphans").output.contains("orphan"))
    }

    @Test func aQuoteThatStandsNowhereOrTwiceIsRefused() throws {
        #expect(terminal.run("note", "add", id, "--quote", "no such words", "-m", "x").exit == 3)
        let outcome = terminal.run("note", "add", id, "--quote", "at", "-m", "x")
        #expect(outcome.exit == 2)
        #expect(outcome.messages.contains("--occurrence"))
        #expect(
            terminal.run("note", "add", id, "--quote", "at", "--occurrence", "2", "-m", "x").exit
                == 0
        )
        #expect(
            terminal.run("note", "add", id, "--quote", "at", "--occurrence", "99", "-m", "x").exit
                == 3
        )
        #expect(terminal.run("note", "add", id).exit == 2, "a note needs words")
        #expect(terminal.run("note", "add", id, "--quote", "night ferry", "-m", "title").exit == 0)
    }

    @Test func historyAndBlameNameWhoDidWhat() throws {
        terminal.input = Array(
            terminal.run("show", id, "--raw").output
                .replacingOccurrences(of: "at ten", with: "at half past nine").utf8
        )
        terminal.run("edit", id, "--from", "-")
        let log = terminal.run("log", id).output
        #expect(log.contains("ada/laptop"))
        #expect(log.contains("imported"))
        #expect(log.contains("¶1: “ten” → “half past nine”"))
        let blame = try terminal.run("blame", id, "--json").json()
        let runs = try #require(blame["runs"] as? [[String: Any]])
        let own = runs.filter { $0["user"] as? String == "ada" }.compactMap {
            $0["text"] as? String
        }
        #expect(own.joined().contains("half past nine"))
        #expect(runs.contains { $0["user"] as? String == "import" })
    }

    @Test func whatIsExportedIsImportedAlike() throws {
        let folder = terminal.folder.file("out")
        #expect(terminal.run("export", "--format", "markdown", "-o", folder + "/").exit == 0)
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        let other = try Terminal()
        let again = try other.makeLibrary(text)
        #expect(
            other.run("show", again, "--raw").output == terminal.run("show", id, "--raw").output
        )
        #expect(terminal.run("export", id, "--format", "json").output.contains("galley.article/1"))
        let full = terminal.run("export", id, "--format", "json", "-o", "/dev/full")
        #expect(full.exit == 1)
        #expect(full.messages.contains("No space left"))
        #expect(terminal.run("export", "--format", "nonsense").exit == 2)
        #expect(terminal.run("export").exit == 2)
    }

    @Test func checksFindNothingWrong() throws {
        terminal.run("note", "add", id, "--quote", "island", "-m", "x")
        let doctor = try terminal.run("doctor", "--json").json()
        let status = try terminal.run("status", "--json").json()
        #expect(doctor["sound"] as? Bool == true)
        #expect(doctor["state_hash"] as? String == status["state_hash"] as? String)
        #expect(terminal.run("doctor", "--rebuild").exit == 0)
        #expect(try terminal.run("verify", "--json").json()["good"] as? Bool == true)
    }
}

@Suite struct KeyTests {
    private let terminal: Terminal

    init() throws { terminal = try Terminal() }

    private func keyPath() throws -> String {
        let folder = terminal.folder.file("data/galley/keys")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        return "\(folder)/\(name)"
    }

    @Test func aKeyOthersCanReadIsNotUsed() throws {
        let id = try terminal.makeLibrary()
        let path = try keyPath()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let outcome = terminal.run("set", id, "mood=x")
        #expect(outcome.exit == 6)
        #expect(outcome.messages.contains("chmod 600"))
        #expect(terminal.run("list").exit == 0, "reading needs no key")
    }

    @Test func withoutTheKeyTheLibraryIsReadOnly() throws {
        let id = try terminal.makeLibrary()
        try FileManager.default.removeItem(atPath: try keyPath())
        #expect(terminal.run("show", id).exit == 0)
        #expect(terminal.run("set", id, "mood=x").exit == 6)
    }

    @Test func aPassphraseIsAskedForOrReadFromAFile() throws {
        let file = try terminal.write("open sesame\n", to: "passphrase")
        terminal.run("init", "--passphrase-file", file)
        #expect(try String(contentsOfFile: keyPath(), encoding: .utf8).contains("ENCRYPTED"))
        let article = try terminal.write("Title\n\nText.", to: "a.txt")
        #expect(terminal.run("import", article).exit == 6, "nobody to ask")
        terminal.secret = "wrong"
        #expect(terminal.run("import", article).exit == 6)
        terminal.secret = "open sesame"
        #expect(terminal.run("import", article).exit == 0)
        terminal.secret = nil
        #expect(terminal.run("import", article, "--passphrase-file", file).exit == 0)
    }

    @Test func aSecondLibraryIsNotMadeInItsPlace() throws {
        let id = try terminal.makeLibrary()
        #expect(terminal.run("init").exit == 1)
        #expect(try terminal.ids() == [id])
        let other = terminal.folder.file("other.sqlite3")
        #expect(terminal.run("init", "--library", other).exit == 0)
        #expect(try terminal.ids("--library", other).isEmpty)
        terminal.variables["GALLEY_LIBRARY"] = other
        #expect(try terminal.ids().isEmpty)
    }

    @Test func withoutAnAnchorANewChainIsOpened() throws {
        let id = try terminal.makeLibrary()
        let before = try terminal.run("verify", "--json").json()["chains"] as? Int
        try FileManager.default.removeItem(atPath: terminal.folder.file("state/galley/anchors"))
        #expect(terminal.run("set", id, "mood=x").exit == 0)
        let after = try terminal.run("verify", "--json").json()
        #expect(before == 1)
        #expect(after["chains"] as? Int == 2)
        #expect(after["good"] as? Bool == true)
    }
}
