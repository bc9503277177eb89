import Foundation
import TestSupport
import Testing

@Suite struct `A file that is no text` {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case nulBytes, brokenUTF8, empty, huge, tooLongForAnArticle

        var testDescription: String { rawValue }

        /// What the reason names.
        var phrases: [String] {
            switch self {
            case .nulBytes: ["NUL", "offset 5"]
            case .brokenUTF8: ["UTF-8", "offset 3", "iconv"]
            case .empty: ["empty"]
            case .huge: ["67108864 bytes", "split"]
            case .tooLongForAnArticle: ["characters"]
            }
        }

        /// Writes such a file on a machine, and gives its path.
        func make(on machine: Machine) throws -> String {
            switch self {
            case .nulBytes: return try machine.file("bad.txt", "Words\u{0}and more words.\n")
            case .brokenUTF8:
                return try machine.file("bad.txt", Data([0x63, 0x61, 0x66, 0xE9, 0x20, 0xFF]))
            case .empty: return try machine.file("bad.txt", "")
            case .huge:
                let path = try machine.file("bad.txt", "")
                let file = try FileHandle(forWritingTo: URL(filePath: path))
                // A hole: it takes no room, and reads as NUL bytes.
                try file.truncate(atOffset: 200_000_000)
                try file.close()
                return path
            case .tooLongForAnArticle:
                let line =
                    "A line of words that goes on for eighty characters or something like it.\n\n"
                return try machine.file("bad.txt", String(repeating: line, count: 70_000))
            }
        }
    }

    @Test(arguments: Kind.allCases) func `is not imported, and the reason is named`(
        _ kind: Kind
    ) throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let bad = try kind.make(on: machine)
            try machine.refuse(["import", bad], with: 1, saying: ["bad.txt"] + kind.phrases)
            try machine.refuse(["import", "--dry-run", bad], with: 1, saying: kind.phrases)
        }
    }

    @Test(arguments: Kind.allCases) func `keeps no other file from being imported`(
        _ kind: Kind
    ) throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let bad = try kind.make(on: machine)
            let first = try machine.file("first.md", "# First\n\nSome words.\n")
            let second = try machine.file("second.md", "# Second\n\nOther words.\n")
            let outcome = try machine.galley("import", first, bad, second)
            #expect(outcome.status == 8)
            for phrase in kind.phrases { #expect(outcome.errors.contains(phrase)) }
            let list = try machine.succeed("list").output
            #expect(list.contains("First"))
            #expect(list.contains("Second"))
            #expect(list.split(separator: "\n").count == 2)
        }
    }

    @Test(arguments: Kind.allCases.filter { $0 != .empty }) func `is no new text of an article`(
        _ kind: Kind
    ) throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let article = try machine.imported("One")
            let bad = try kind.make(on: machine)
            let outcome = try machine.refuse(["edit", article, "--from", bad], with: 1, saying: [])
            #expect(outcome.errors.hasPrefix("galley: "))
        }
    }
}
