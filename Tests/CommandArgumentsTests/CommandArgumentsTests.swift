import CommandArguments
import Testing

private let sample = ProgramDescription(
    root: CommandDescription(
        "galley",
        "a library of articles",
        subcommands: [
            CommandDescription(
                "list",
                "list the articles",
                arguments: [ArgumentDescription("tags", "only with these tags", count: .any)],
                options: [
                    OptionDescription("limit", short: "n", value: "COUNT", "at most this many"),
                    OptionDescription("field", value: "NAME", repeats: true, "show this field"),
                    OptionDescription(flag: "all", short: "a", "the deleted too"),
                    OptionDescription(flag: "long", short: "l", "more of each"),
                    OptionDescription(flag: "trace", isHidden: true, "what it does inside"),
                ],
                examples: [CommandExample("galley list -n 5", "The five newest.")]
            ),
            CommandDescription(
                "note",
                "notes on an article",
                subcommands: [
                    CommandDescription(
                        "add",
                        "add a note",
                        arguments: [
                            ArgumentDescription("article", "the article"),
                            ArgumentDescription("text", "the note", count: .optional),
                        ],
                        options: [
                            OptionDescription("quote", value: "TEXT", isRequired: true, "the place")
                        ]
                    ),
                    CommandDescription("list", "list the notes"),
                ]
            ),
            CommandDescription(
                "import",
                "take files in",
                arguments: [ArgumentDescription("path", "a file", count: .oneOrMore)]
            ),
        ]
    ),
    globalOptions: [
        OptionDescription("library", value: "PATH", "the library"),
        OptionDescription(flag: "json", "print JSON"),
    ]
)

private func run(_ words: String...) throws -> ParsedCommand {
    guard case .run(let command) = try sample.parse(words) else {
        throw Unexpected(words: words)
    }
    return command
}

private struct Unexpected: Error { let words: [String] }

private func refusal(_ words: String...) -> UsageError? {
    do {
        _ = try sample.parse(words)
        return nil
    } catch {
        return error
    }
}

@Suite struct `Parsing a command line` {
    @Test func `options take their value after a space or an equals sign`() throws {
        #expect(try run("list", "--limit", "5").value("limit") == "5")
        #expect(try run("list", "--limit=5").value("limit") == "5")
        #expect(try run("list", "--limit=").value("limit") == "")
        #expect(try run("list", "--field=a=b").value("field") == "a=b")
        #expect(try run("list", "-n", "5").value("limit") == "5")
        #expect(try run("list", "-n5").value("limit") == "5")
    }

    @Test func `short flags may share one dash, and the last may take a value`() throws {
        let command = try run("list", "-aln", "7")
        #expect(command.has("all"))
        #expect(command.has("long"))
        #expect(try command.integer("limit", in: 1...10) == 7)
    }

    @Test func `a repeated option keeps all values in order`() throws {
        #expect(try run("list", "--field", "b", "--field=a").values("field") == ["b", "a"])
        #expect(refusal("list", "-n1", "--limit", "2")?.code == .repeatedOption)
    }

    @Test func `global options may stand before and after the command`() throws {
        for words in [["--library", "x", "--json", "list"], ["list", "--json", "--library=x"]] {
            guard case .run(let command) = try sample.parse(words) else {
                Issue.record("\(words) ran nothing")
                continue
            }
            #expect(command.value("library") == "x")
            #expect(command.has("json"))
            #expect(command.path == ["list"])
        }
    }

    @Test func `nested commands are found by their path`() throws {
        let command = try run("note", "add", "k3", "--quote", "a place", "some text")
        #expect(command.name == "note add")
        #expect(command.argument("article") == "k3")
        #expect(command.argument("text") == "some text")
        #expect(command.value("quote") == "a place")
        #expect(try run("note", "add", "k3", "--quote=q").argument("text") == nil)
    }

    @Test func `two dashes end the options, and one dash alone is a value`() throws {
        #expect(try run("list", "--", "--all", "-n").arguments("tags") == ["--all", "-n"])
        #expect(try run("import", "-", "b").arguments("path") == ["-", "b"])
        #expect(try run("note", "add", "k", "--quote", "-").value("quote") == "-")
    }

    @Test func `a command's own option does not pass for another's`() {
        #expect(refusal("note", "list", "--limit", "5")?.code == .unknownOption)
    }

    @Test(arguments: [
        (["lits"], UsageError.Code.unknownCommand, "Did you mean 'list'?"),
        (["note", "ad"], .unknownCommand, "Did you mean 'add'?"),
        (["list", "--limti", "5"], .unknownOption, "Did you mean '--limit'?"),
        (["list", "--jsn"], .unknownOption, "Did you mean '--json'?"),
        (["list", "-z"], .unknownOption, "no option '-z'"),
        (["list", "--limit"], .missingValue, "'--limit' needs a value: --limit COUNT"),
        (["list", "--limit", "--all"], .missingValue, "needs a value"),
        (["list", "--all=yes"], .unexpectedValue, "takes no value"),
        (["import"], .missingArgument, "PATH… is missing"),
        (["note", "add", "k"], .missingOption, "'--quote' is missing"),
        (["note", "add", "k", "t", "more", "--quote=q"], .extraArgument, "'more' is one argument"),
        (["note", "list", "x\u{1B}[31m"], .extraArgument, "'x?[31m'"),
    ])
    func `a wrong line is refused with its own reason`(
        _ words: [String],
        _ code: UsageError.Code,
        _ text: String
    ) throws {
        let error = try #require(throws: UsageError.self) { try sample.parse(words) }
        #expect(error.code == code)
        #expect(error.message.contains(text), "\(error.message)")
        #expect(error.description.contains("Usage: galley"))
    }

    @Test func `nothing is suggested for a word that is like none`() {
        #expect(refusal("zebra")?.message.contains("Did you mean") == false)
        #expect(refusal("list", "--secret-tracing")?.message.contains("Did you mean") == false)
    }

    @Test func `hidden options work and are never suggested`() throws {
        #expect(try run("list", "--trace").has("trace"))
        #expect(refusal("list", "--trce")?.message.contains("trace") == false)
    }

    @Test func `numbers and choices are checked`() throws {
        let command = try run("list", "--limit", "11", "--field", "titel")
        #expect(throws: UsageError.self) { try command.integer("limit", in: 1...10) }
        #expect(try command.integer("limit", in: 1...11) == 11)
        let error = try #require(throws: UsageError.self) {
            try command.choice("field", among: ["title", "body"])
        }
        #expect(error.message.contains("Did you mean 'title'?"))
        #expect(try command.choice("nothing", among: ["a"]) == nil)
    }

    @Test func `help and version win over what is missing`() throws {
        guard case .help(let text, true) = try sample.parse(["note", "add", "-h"]) else {
            Issue.record("no help")
            return
        }
        #expect(text.contains("Usage: galley note add --quote TEXT ARTICLE [TEXT]"))
        guard case .version = try sample.parse(["--version"]) else {
            Issue.record("no version")
            return
        }
        guard case .help(_, false) = try sample.parse(["note"]) else {
            Issue.record("a group alone must show its help unasked")
            return
        }
        guard case .help(let asked, true) = try sample.parse(["help", "note", "add"]) else {
            Issue.record("no help command")
            return
        }
        #expect(asked == text)
        #expect(refusal("help", "nte")?.code == .unknownCommand)
    }

    @Test func `help names everything but the hidden, within 80 columns`() throws {
        let text = try sample.help(for: ["list"])
        for part in [
            "Usage: galley list [OPTIONS] [TAGS…]", "-n, --limit COUNT", "may be given several",
            "--library PATH", "galley list -n 5", "-h, --help",
        ] {
            #expect(text.contains(part), "\(part) is missing in \(text)")
        }
        #expect(!text.contains("trace"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(try sample.help().contains("note"))
    }
}
