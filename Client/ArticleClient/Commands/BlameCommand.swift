import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley blame`.
enum BlameCommand: Command {
    static let description = CommandDescription(
        "blame",
        "show who wrote which words of an article",
        discussion: """
            Words are told by the device whose signature is on the change that wrote them; a word \
            several had a hand in by the last of them. JSON has every run of characters of one change.
            """,
        arguments: [ArgumentDescription("id", "the article")],
        options: [
            OptionDescription("block", value: "N", "only this paragraph, from 1"),
            OptionDescription("rev", value: "VERSION", "of this version of the article"),
            OptionDescription(flag: "changes", "a row a change, not a row a device"),
        ],
        examples: [
            CommandExample("galley blame k7qd", "of the whole article"),
            CommandExample("galley blame k7qd --block 1 --changes", "each change in a paragraph"),
            CommandExample("galley blame k7qd --rev c8ty", "as it was at change c8ty"),
        ]
    )

    static let isPaged = true

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let block = try line.integer("block", in: 1...1_000_000)
        let (summary, state) = try library.state(line, "id")
        let blame = try Blame(state, library)
        guard client.output.isText else {
            let runs = blame.runs(in: block)
            let handles = try handles(of: Set(runs.map(\.change)), library)
            client.output.json([
                "schema": "galley.blame/1", "article": .string(summary.id.handle),
                "version": .strings(state.heads.map(\.description)),
                "runs": .array(
                    runs.map { json($0, blame, handles[$0.change] ?? "", library) }
                ),
            ])
            return .done
        }
        client.output.print(
            StyledText(summary.shortHandle, .handle)
                + StyledText("  \(VisibleText.line(summary.displayTitle))", .bold)
        )
        try show(blame.rows(in: block, byDevice: !line.has("changes")), blame, library)
        return .done
    }

    private static func handles(
        of changes: Set<ChangeID>,
        _ library: OpenLibrary
    ) throws -> [ChangeID: String] {
        let changes = Array(changes)
        let handles = try library.replica.shortHandles(ofChanges: changes)
        return Dictionary(uniqueKeysWithValues: zip(changes, handles))
    }

    private static func json(
        _ run: Blame.Run,
        _ blame: Blame,
        _ handle: String,
        _ library: OpenLibrary
    ) -> JSONValue {
        let heading = blame.heading(run.change)
        let user = heading.map { library.name(of: $0.author) } ?? "?"
        return [
            "block": .integer(Int64(run.block)),
            "user": .string(blame.isImport(run.change) ? "import" : user),
            "device": .optional(heading.map { library.name(of: $0.device) }),
            "change": .string(run.change.description), "short": .string(handle),
            "time": .optional(
                heading.map { ArticleDate.utcText(milliseconds: $0.timeMilliseconds) }
            ),
            "signature": .optional(
                heading.map { $0.isSignatureChecked ? "checked" : "proven by a later one" }
            ),
            "start": .integer(Int64(run.range.lowerBound)),
            "end": .integer(Int64(run.range.upperBound)), "text": .string(run.text),
        ]
    }

    private static func show(
        _ rows: [Blame.Row],
        _ blame: Blame,
        _ library: OpenLibrary
    ) throws {
        let client = library.client
        let single = rows.filter { $0.changes.count == 1 && !blame.isImport($0.last) }
        let handles = try handles(of: Set(single.map(\.last)), library)
        let handleWidth = handles.values.map(\.utf8.count).max() ?? 0
        let people = People(rows, blame, library)
        var block = 0
        for row in rows {
            if row.block != block {
                client.output.print()
                client.output.print(StyledText("¶\(row.block)", .bold))
                block = row.block
            }
            var line = StyledText("  ")
            line.append(people.name(of: row))
            if handleWidth > 0 {
                let handle = row.changes.count == 1 ? handles[row.last] ?? "" : ""
                line.append("  ")
                line.append(StyledText(handle, .handle).padded(to: handleWidth))
            }
            let time = blame.heading(row.last)?.timeMilliseconds
            line.append("  \(time.map { client.localDay($0) } ?? "")  ", .dim)
            let indent = String(repeating: " ", count: line.columns)
            line.append(VisibleText.line(row.text))
            client.output.paragraph(line, indent: indent)
        }
    }

    /// Whose names stand beside the words, each in a colour of their own.
    private struct People {
        private var names: [String: Style] = [:]
        private let width: Int
        private let blame: Blame
        private let library: OpenLibrary
        private static let styles: [Style] = [.cyan, .green, .magenta, .blue, .red]

        init(_ rows: [Blame.Row], _ blame: Blame, _ library: OpenLibrary) {
            self.blame = blame
            self.library = library
            var widest = 0
            for row in rows {
                let name = Self.name(of: row, blame, library)
                widest = max(widest, UnicodeForms.columns(of: name))
                guard names[name] == nil else { continue }
                names[name] =
                    blame.isImport(row.last)
                    ? .dim : Self.styles[names.count % Self.styles.count]
            }
            width = min(widest, 24)
        }

        func name(of row: Blame.Row) -> StyledText {
            let name = Self.name(of: row, blame, library)
            return StyledText(name, names[name] ?? []).cut(to: width).padded(to: width)
        }

        private static func name(
            of row: Blame.Row,
            _ blame: Blame,
            _ library: OpenLibrary
        ) -> String {
            if blame.isImport(row.last) { return "import" }
            let heading = blame.heading(row.last)
            return VisibleText.line(heading.map { library.name(of: $0.device) } ?? "?")
        }
    }
}

extension OpenLibrary {
    /// The article that an argument names, at the version `--rev` names, or as it stands.
    func state(
        _ line: ParsedCommand,
        _ argument: String
    ) throws -> (summary: ArticleSummary, state: ArticleState) {
        guard let version = line.value("rev") else { return try state(line.required(argument)) }
        let history = try history(line.required(argument))
        return (history.summary, try history.state(at: self.version(version, of: history)))
    }
}
