import ArticleFormats
import ArticleModel
import Foundation
import Membership
import Signing
import TestSupport
import Testing

@Suite struct `A command line that cannot be followed` {
    /// A command line, what it ends with, and what is said.
    struct Case: CustomTestStringConvertible {
        let words: [String]
        let status: Int32
        let phrases: [String]
        var testDescription: String { words.joined(separator: " ") }

        init(_ words: [String], _ status: Int32, _ phrases: String...) {
            self.words = words
            self.status = status
            self.phrases = phrases
        }
    }

    static let cases = [
        Case([], 2, "Usage: galley COMMAND"),
        Case(["frobnicate"], 2, "'frobnicate'", "Usage: galley"),
        Case(["note"], 2, "Usage: galley note"),
        Case(["note", "frobnicate"], 2, "'frobnicate'"),
        Case(["list", "--frobnicate"], 2, "'--frobnicate'", "Usage: galley list"),
        Case(["list", "--limit", "many"], 2, "--limit", "many"),
        Case(["list", "--sort", "upwards"], 2, "--sort", "title"),
        Case(["list", "--tag"], 2, "--tag"),
        Case(["show"], 2, "ID is missing"),
        Case(["show", "ab"], 2, "at least 4", "galley list"),
        Case(["show", "zzzz"], 3, "zzzz", "galley list"),
        Case(["edit", "zzzz", "--from", "-"], 3, "zzzz"),
        Case(["note", "show", "zzzz"], 3, "zzzz", "galley note list"),
        Case(["log", "zzzz"], 3, "zzzz", "galley list"),
        Case(["log", "--graph"], 2, "name it"),
        Case(["log", "--since", "lately"], 2, "lately", "yesterday"),
        Case(["log", "--by", "nobody"], 3, "nobody", "ada"),
        Case(["diff"], 2, "ID is missing"),
        Case(["diff", "zzzz"], 3, "zzzz", "galley list"),
        Case(["undo"], 2, "CHANGE"),
        Case(["undo", "zzzz"], 3, "zzzz", "galley log"),
        Case(["undo", "abc"], 2, "at least 4", "galley log"),
        Case(["restore", "zzzz"], 2, "--rev"),
        Case(["restore", "zzzz", "--rev", "@^"], 3, "zzzz"),
        Case(["list", "--color", "green"], 2, "always", "green"),
        Case(["import"], 2, "PATH"),
        Case(["import", "no-such-file.txt"], 3, "no-such-file.txt", "No such file"),
        Case(["import", "data"], 3, ".txt"),
        Case(["export"], 2, "--format"),
        Case(["export", "--format", "docx"], 2, "docx", "markdown"),
        Case(["export", "--format", "changesets"], 2, "-o FILE"),
        Case(["init"], 1, "already", "Nothing was changed"),
        Case(["sync"], 3, "hub", "galley remote add"),
        Case(["remote", "add", "nowhere", "--key", "00", "--claim", "x"], 2, "key"),
        Case(["remote", "add", "[::1", "--key", "00", "--claim", "x"], 2, "HOST:PORT"),
        Case(["join", "--invite", "no-such-file"], 3, "no-such-file"),
        Case(["join"], 2, "--invite"),
        Case(["join", "galley-invite:AAAA"], 6, "invitation"),
        Case(["--library", "/nowhere/at/all", "list"], 3, "/nowhere/at/all", "galley init"),
        Case(["--passphrase-file"], 2, "--passphrase-file"),
    ]

    @Test(arguments: cases) func `is told what is wrong, and nothing is changed`(
        _ wrong: Case
    ) throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            _ = try machine.imported("One")
            try machine.refuse(wrong.words, with: wrong.status, saying: wrong.phrases)
        }
    }

    @Test func `is told in JSON where JSON is asked for`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let outcome = try machine.refuse(
                ["show", "zzzz", "--json"],
                with: 3,
                saying: ["galley.error/1"]
            )
            let error = try #require(
                JSONSerialization.jsonObject(with: Data(outcome.errors.utf8)) as? [String: Any]
            )
            #expect(error["code"] as? Int == 3)
            #expect(error["kind"] as? String == "article.unknown")
            #expect((error["message"] as? String)?.contains("zzzz") == true)
            #expect((error["hint"] as? String)?.contains("galley list") == true)
        }
    }

    @Test func `names two articles by one beginning, and is shown both`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let text = try #require(
                try machine.succeed("status", "--json").json["library"] as? String
            )
            let library = try #require(LibraryID(bytes(hexadecimal: text)))
            let pair = try #require(try Self.pair(in: library))
            let ids = try pair.titles.map { try machine.imported($0, Self.body) }
            for id in ids { #expect(id.hasPrefix(pair.beginning)) }
            for command in ["show", "edit", "log", "delete"] {
                let words = command == "edit" ? ["--from", "/dev/null"] : []
                try machine.refuse(
                    [command, pair.beginning] + words,
                    with: 2,
                    saying: ["give more letters"] + pair.titles
                )
            }
            // Lists give each as many letters as it takes.
            for line in try machine.succeed("list").output.split(separator: "\n") {
                #expect(line.prefix { $0 != " " }.count > 4)
            }
            for (id, title) in zip(ids, pair.titles) {
                #expect(try machine.succeed("show", id).output.contains(title))
            }
        }
    }

    private static let body = "Some words."

    /// Titles of two articles whose ids in `library` begin alike, and how.
    private static func pair(
        in library: LibraryID
    ) throws -> (titles: [String], beginning: String)? {
        var seen: [Substring: String] = [:]
        // Of a million beginnings, so that one is met twice among far fewer.
        for number in 0..<20_000 {
            let title = "Article \(number)"
            let bytes = Array("# \(title)\n\n\(body)\n".utf8)
            guard let source = Identifier32<SourceTag>(SHA256.hash(bytes)),
                let article = try Importer.articles(from: bytes, name: "\(title).md").first
            else { return nil }
            let change = ChangeIdentity.seed(
                library: library,
                bytes: try article.seed(source: source).encoded()
            )
            let beginning = ChangeIdentity.article(ofSeed: change).handle.prefix(4)
            if let other = seen[beginning] { return ([other, title], String(beginning)) }
            seen[beginning] = title
        }
        return nil
    }

    private func bytes(hexadecimal text: String) -> [UInt8] {
        let digits = text.utf8.map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
