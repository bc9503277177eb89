import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley log`.
enum LogCommand: Command {
    static let description = CommandDescription(
        "log",
        "show who changed what, and when",
        discussion: """
            The last change stands first. The letters in front are the change's id: 'galley diff', \
            'show --rev', 'undo' and 'restore --rev' take them. The number behind ¶ is that of the \
            paragraph in the article as it stands.
            """,
        arguments: [
            ArgumentDescription("id", "only changes of this article", count: .optional)
        ],
        options: [
            OptionDescription(flag: "graph", "draw which change goes on from which"),
            OptionDescription("by", value: "USER", "only changes of this user, or USER/DEVICE"),
            OptionDescription(
                "since",
                value: "TIME",
                "only changes since then: 2h, 3d, yesterday, 2026-11-23, or RFC 3339"
            ),
            OptionDescription("limit", short: "n", value: "COUNT", "at most so many"),
            OptionDescription(flag: "ndjson", "print a JSON object a line"),
        ],
        examples: [
            CommandExample("galley log", "what happened in the library"),
            CommandExample("galley log k7qd --graph", "an article's history with its branches"),
            CommandExample("galley log --by ben --since 2d", "what ben did in the last two days"),
        ]
    )

    static let isPaged = true

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let filter = try library.changeFilter(by: line.value("by"), since: line.value("since"))
        let limit = try line.integer("limit", in: 1...100_000_000)
        guard let id = line.argument("id") else {
            guard !line.has("graph") else {
                throw line.misuse("'--graph' draws the history of one article: name it.")
            }
            return try showAll(filter, limit, library)
        }
        let history = try library.history(id)
        let list = try ChangeList(library).changes(of: history, filter, limit: limit)
        switch client.output.form {
        case .json:
            client.output.json([
                "schema": "galley.log/1", "article": .string(history.summary.id.handle),
                "changes": .array(list.changes.map { $0.json(in: library) }),
            ])
        case .ndjson:
            for change in list.changes { client.output.json(change.json(in: library)) }
        case .text:
            client.output.paragraph(
                StyledText(history.summary.shortHandle, .handle)
                    + StyledText("  \(VisibleText.line(history.summary.displayTitle))", .bold)
            )
            let lines = LogLines(library, list.changes)
            if line.has("graph") {
                draw(list, lines, client)
            } else {
                for change in list.changes { client.output.print(lines.line(change)) }
            }
            if list.changes.isEmpty { client.output.message("No such changes.") }
        }
        return .done
    }

    private static func showAll(
        _ filter: ChangeFilter,
        _ limit: Int?,
        _ library: OpenLibrary
    ) throws -> ExitCode {
        let output = library.client.output
        var documents: [JSONValue] = []
        var isEmpty = true
        var lines: LogLines?
        try ChangeList(library).forEachPage(filter, limit: limit) { page in
            isEmpty = false
            switch output.form {
            case .json: documents += page.map { $0.json(in: library) }
            case .ndjson: for change in page { output.json(change.json(in: library)) }
            case .text:
                let known = lines ?? LogLines(library, page)
                lines = known
                for change in page { output.print(known.line(change)) }
                // The first page is read while the next one is found.
                output.flush()
            }
            return !output.isAbandoned
        }
        switch output.form {
        case .json: output.json(["schema": "galley.log/1", "changes": .array(documents)])
        case .ndjson: break
        case .text: if isEmpty { output.message("No such changes.") }
        }
        return .done
    }

    private static func draw(_ list: ChangeList.OfArticle, _ lines: LogLines, _ client: Client) {
        let choices = TerminalChoices(variables: client.variables)
        var lanes = GraphLanes<ChangeID>(signs: GraphSigns(isUnicode: choices.hasUnicode))
        for change in list.changes {
            let id = change.heading.change
            let (above, at, below) = lanes.add(id, parents: list.parents[id] ?? [])
            for line in above { client.output.print(StyledText(line, .blue)) }
            client.output.print(StyledText(at, .blue) + "  " + lines.line(change, indent: at))
            for line in below { client.output.print(StyledText(line, .blue)) }
        }
    }
}

/// Changes as lines with columns that line up.
private struct LogLines {
    private let library: OpenLibrary
    private let handleWidth: Int
    private let personWidth: Int
    private static let titleWidth = 28

    init(_ library: OpenLibrary, _ changes: [LoggedChange]) {
        self.library = library
        handleWidth = changes.map(\.handle.utf8.count).max() ?? 4
        let people = Set(changes.map(\.heading.device)).map { library.name(of: $0) }
        personWidth = min(24, people.map { UnicodeForms.columns(of: $0) }.max() ?? 0)
    }

    /// A change on one line, cut to the terminal; `indent` stands before it.
    func line(_ change: LoggedChange, indent: String = "") -> StyledText {
        let client = library.client
        var line = StyledText(change.handle, .handle).padded(to: handleWidth)
        line.append("  \(client.localTime(change.heading.timeMilliseconds))  ")
        let person = VisibleText.line(library.name(of: change.heading.device))
        line.append(StyledText(person, .person).cut(to: personWidth).padded(to: personWidth))
        if let article = change.article {
            let title = VisibleText.line(article.displayTitle)
            line.append("  ")
            line.append(StyledText(article.shortHandle, .handle))
            line.append(
                StyledText(" " + title).cut(to: Self.titleWidth).padded(to: Self.titleWidth)
            )
        }
        line.append("  ")
        line.append(change.facts(in: library))
        guard let columns = client.output.columns else { return line }
        let room = columns - (indent.isEmpty ? 0 : UnicodeForms.columns(of: indent) + 2)
        return line.cut(to: max(20, room))
    }
}
