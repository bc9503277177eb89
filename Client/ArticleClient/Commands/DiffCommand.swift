import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley diff`.
enum DiffCommand: Command {
    static let description = CommandDescription(
        "diff",
        "show what differs between two versions of an article",
        discussion: """
            A version is a change with all it goes on from, named by the beginning of its id; '@' is \
            the article as it stands, '^' behind a version what it goes on from, and commas join \
            several changes. With one version it is compared with '@', with none the last change \
            with what it goes on from. Words that went are shown as [-words-] or in red, words that \
            came as {+words+} or in green.
            """,
        arguments: [
            ArgumentDescription("id", "the article"),
            ArgumentDescription("version", "one or two versions of it", count: .any),
        ],
        options: [
            OptionDescription("change", value: "CHANGE", "what this change did"),
            OptionDescription(flag: "unified", "by lines, as 'patch' takes it"),
            OptionDescription("context", short: "U", value: "LINES", "lines around (--unified)"),
        ],
        examples: [
            CommandExample("galley diff k7qd", "what the last change did"),
            CommandExample("galley diff k7qd c8ty", "what has changed since version c8ty"),
            CommandExample("galley diff k7qd c8ty^ c8ty", "what change c8ty did"),
            CommandExample("galley diff k7qd c8ty --unified > k7qd.patch", "for other tools"),
        ]
    )

    static let isPaged = true

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let names = line.arguments("version")
        guard names.count <= 2 else {
            throw line.misuse("Two versions can be compared, not \(names.count).")
        }
        guard names.isEmpty || !line.has("change") else {
            throw line.misuse("Give versions, or --change CHANGE, not both.")
        }
        let context = try line.integer("context", in: 0...1_000_000)
        let history = try library.history(line.required("id"))
        guard let (from, to) = try versions(names, line, history, library) else {
            return unchanged(history, client)
        }
        let old = try history.state(at: from)
        let new = try history.state(at: to)
        guard client.output.isText else {
            client.output.json(
                .object(
                    [
                        .init("schema", "galley.diff/1"),
                        .init("article", .string(history.summary.id.handle)),
                        .init("from", .strings(from.map(\.description))),
                        .init("to", .strings(to.map(\.description))),
                    ] + ArticleDiff(from: old, to: new).members(names: library.names)
                )
            )
            return .done
        }
        if line.has("unified") {
            unified(old, new, history, context: context ?? 3, client)
        } else {
            try head(from, to, history, library)
            let text = DiffText(ArticleDiff(from: old, to: new), library)
            try text.print()
        }
        return .done
    }

    private static func versions(
        _ words: [String],
        _ line: ParsedCommand,
        _ history: ArticleHistory,
        _ library: OpenLibrary
    ) throws -> (from: [ChangeID], to: [ChangeID])? {
        if let first = words.first {
            let from = try library.version(first, of: history)
            return (
                from, words.count > 1 ? try library.version(words[1], of: history) : history.now
            )
        }
        let change: ChangeID
        if let name = line.value("change") {
            let version = try library.version(name, of: history)
            guard version.count == 1 else { throw line.misuse("'\(name)' is not one change.") }
            change = version[0]
        } else {
            guard let last = ChangeList.last(of: history) else { return nil }
            change = last
        }
        guard let parents = history.graph.change(change)?.parents, !parents.isEmpty else {
            return nil
        }
        return (parents.sorted(), [change])
    }

    private static func unchanged(_ history: ArticleHistory, _ client: Client) -> ExitCode {
        guard client.output.isText else {
            let seed = JSONValue.strings([history.graph.seed.description])
            client.output.json([
                "schema": "galley.diff/1", "article": .string(history.summary.id.handle),
                "from": seed, "to": seed, "fields": [],
                "tags": ["added": [], "removed": []], "texts": [], "notes": [], "deleted": .null,
            ])
            return .done
        }
        client.output.message(
            "\(history.summary.shortHandle): nothing has changed since it was imported."
        )
        return .done
    }

    /// Which versions are compared.
    private static func head(
        _ from: [ChangeID],
        _ to: [ChangeID],
        _ history: ArticleHistory,
        _ library: OpenLibrary
    ) throws {
        let output = library.client.output
        output.print(
            StyledText(history.summary.shortHandle, .handle)
                + StyledText("  \(VisibleText.line(history.summary.displayTitle))", .bold)
        )
        for (word, version) in [("from", from), ("to  ", to)] {
            output.print(
                StyledText("\(word)  ") + (try library.words(for: version, of: history))
            )
        }
    }

    private static func unified(
        _ old: ArticleState,
        _ new: ArticleState,
        _ history: ArticleHistory,
        context: Int,
        _ client: Client
    ) {
        let diff = UnifiedDiff(
            from: EditDocument.text(of: old),
            to: EditDocument.text(of: new)
        )
        for line in diff.lines(name: "\(history.summary.shortHandle).md", context: context) {
            let style: Style =
                switch line.kind {
                case .file: .bold
                case .hunk: .cyan
                case .context: []
                case .removed: .red
                case .added: .green
                }
            if client.output.columns == nil, !client.output.isColoured {
                // As it is, or it would be no patch.
                client.output.raw(Array((line.text + "\n").utf8))
            } else {
                client.output.print(StyledText(line.text, style))
            }
        }
    }
}

extension OpenLibrary {
    /// A version for people: its changes with who made them and when.
    func words(for version: [ChangeID], of history: ArticleHistory) throws -> StyledText {
        if version == history.now, version.count > 1 {
            return StyledText("@", .handle) + StyledText("  now")
        }
        let texts = try version.map { change in
            var text = StyledText(try handle(of: change), .handle)
            if let heading = history.headings[change] {
                text.append("  \(client.localTime(heading.timeMilliseconds))  ")
                text.append(VisibleText.line(name(of: heading.device)), .person)
            }
            return text
        }
        return texts.joined(by: ", ")
    }
}

/// A difference as people read it.
struct DiffText {
    private let diff: ArticleDiff
    private let library: OpenLibrary
    private let words: WordDiffText

    init(_ diff: ArticleDiff, _ library: OpenLibrary) {
        self.diff = diff
        self.library = library
        words = WordDiffText(isColoured: library.client.output.isColoured)
    }

    /// Prints it.
    func print() throws {
        let output = library.client.output
        guard !diff.isEmpty else { return output.print("No difference.") }
        if let becameDeleted = diff.becameDeleted {
            entry("article", StyledText(becameDeleted ? "deleted" : "brought back"))
        }
        for field in diff.fields {
            let text = words.replaced(
                VisibleText.line(field.before.map(\.words).joined(separator: " | ")),
                VisibleText.line(field.after.map(\.words).joined(separator: " | "))
            )
            entry(field.name, text)
        }
        if !diff.addedTags.isEmpty || !diff.removedTags.isEmpty {
            let texts =
                diff.removedTags.map { words.removed("#\($0)") }
                + diff.addedTags.map { words.added("#\($0)") }
            entry("tags", texts.joined(by: " "))
        }
        for text in diff.texts { show(text) }
        for note in diff.notes {
            guard let known = note.after ?? note.before else { continue }
            let said = words.replaced(
                VisibleText.line(note.before?.text.shown.string ?? ""),
                VisibleText.line(note.after?.text.shown.string ?? "")
            )
            let handle = try library.handle(of: known.id.change)
            let author = library.name(of: known.author)
            entry("note \(handle) \(note.what)", StyledText("\(author): ") + said)
        }
    }

    private func show(_ text: ArticleDiff.TextDifference) {
        let (new, old) = (BodyBlocks(text.after), BodyBlocks(text.before))
        for paragraph in words.paragraphs(text.parts) {
            var place: String
            if text.field == .summary {
                place = "summary"
            } else if paragraph.isGone {
                place = "¶\(old.number(at: paragraph.oldPosition)) deleted"
            } else {
                place = "¶\(new.number(at: paragraph.newPosition))"
                if paragraph.isNew { place += " new" }
            }
            entry(place, paragraph.text)
        }
    }

    private func entry(_ head: String, _ text: StyledText) {
        let output = library.client.output
        output.print()
        output.print(StyledText(head, .bold))
        output.paragraph(StyledText("  ") + text, indent: "  ")
    }
}
