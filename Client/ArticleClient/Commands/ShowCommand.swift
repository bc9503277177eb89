import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley show`.
enum ShowCommand: Command {
    static let description = CommandDescription(
        "show",
        "show an article with its notes",
        discussion: """
            On a terminal lines are wrapped, words with a note are underlined and numbered, and the \
            notes stand in the margin where there is room for one, else below.
            """,
        arguments: [ArgumentDescription("id", "the article")],
        options: [
            OptionDescription("rev", value: "VERSION", "as it was at this version"),
            OptionDescription(flag: "raw", "as Markdown, the way 'galley edit' opens it"),
            OptionDescription(flag: "no-notes", "without the notes"),
        ],
        examples: [
            CommandExample("galley show k7qd", "to read it"),
            CommandExample("galley show k7qd --rev c8ty", "as it was at change c8ty"),
            CommandExample("galley show k7qd --raw > draft.md", "to edit it elsewhere"),
        ]
    )

    static let isPaged = true

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let shown: Shown
        if let version = line.value("rev") {
            let history = try library.history(line.required("id"))
            let heads = try library.version(version, of: history)
            shown = Shown(
                summary: history.summary,
                state: try history.state(at: heads),
                version: try versionLine(heads, history, library)
            )
        } else {
            let (summary, state) = try library.state(line.required("id"))
            shown = Shown(summary: summary, state: state, version: nil)
        }
        if line.has("raw") {
            client.output.raw(Array(EditDocument.text(of: shown.state).utf8))
        } else if client.output.isText {
            try show(shown, library, notes: !line.has("no-notes"))
        } else {
            let conflicts = shown.version == nil ? try library.conflicts(of: shown.summary.id) : []
            client.output.json(
                JSONExport.article(
                    shown.state,
                    names: library.names,
                    conflicts: conflicts.map { $0.json(in: library) }
                )
            )
        }
        return .done
    }

    /// What is shown.
    private struct Shown {
        let summary: ArticleSummary
        let state: ArticleState
        /// Which version it is; nil for the newest.
        let version: StyledText?

        /// The title; the beginning of the text where there is none.
        var title: String {
            let title = state.shownValue(of: .title).words
            return title.isEmpty ? summary.displayTitle : title
        }
    }

    private static func versionLine(
        _ heads: [ChangeID],
        _ history: ArticleHistory,
        _ library: OpenLibrary
    ) throws -> StyledText? {
        guard heads != history.now else { return nil }
        let count = history.changes(in: history.now, since: heads).count
        var line = StyledText("as of ")
        line.append(try library.words(for: heads, of: history))
        line.append(" · \(counted(count, "change")) since")
        return line
    }

    private static func show(_ shown: Shown, _ library: OpenLibrary, notes: Bool) throws {
        let output = library.client.output
        let state = shown.state
        let choices = TerminalChoices(variables: library.client.variables)
        let found = try NoteMarks(state, library) { sign($0, choices) }
        // Of older versions only the words are known that were shown.
        let conflicts = shown.version == nil ? try library.conflicts(of: shown.summary.id) : []
        let layout = PageLayout(
            columns: output.columns,
            hasMargin: notes && !found.placed.isEmpty
        )
        // Elsewhere than on a terminal the text stays as it is.
        var marks = notes && output.columns != nil ? found.placed.map(\.mark) : []
        if output.columns != nil {
            marks += conflicts.compactMap { ConflictText(library: library).mark($0) }
        }
        let page = ArticlePage(
            state,
            title: VisibleText.line(shown.title),
            head: head(shown, conflicts, library),
            marks: marks
        )
        for line in layout.lines(of: page) { output.print(line) }
        guard notes else { return }
        let placed = layout.hasMargin ? [] : found.placed
        guard !placed.isEmpty || !found.others.isEmpty else { return }
        output.print()
        output.print(StyledText("Notes", .bold))
        for note in placed {
            output.print()
            let label = marks.isEmpty ? "" : note.mark.label
            try NoteText.show(note.note, in: state, library, output, label: label)
        }
        for note in found.others {
            output.print()
            try NoteText.show(note, in: state, library, output)
        }
    }

    /// The sign of the note numbered `number`.
    private static func sign(_ number: Int, _ choices: TerminalChoices) -> String {
        guard choices.hasUnicode else { return "[\(number)]" }
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹".unicodeScalars)
        var sign = String.UnicodeScalarView()
        for digit in String(number).utf8 { sign.append(digits[Int(digit) - 0x30]) }
        return String(sign)
    }

    /// What stands under the title.
    private static func head(
        _ shown: Shown,
        _ conflicts: [FoundConflict],
        _ library: OpenLibrary
    ) -> [StyledText] {
        let state = shown.state
        var head: [StyledText] = []
        if let line = facts(state) { head.append(StyledText(VisibleText.line(line))) }
        var remarks = StyledText("id ")
        remarks.append(shown.summary.shortHandle, .handle)
        for tag in state.tags.tags { remarks.append("  #\(VisibleText.line(tag.string))") }
        if state.isDeleted { remarks.append("  deleted", .red) }
        if state.isDeletionOverridden {
            remarks.append("  somebody deleted it while it was edited: it stays", .red)
        }
        if shown.summary.needsNewer {
            remarks.append("  needs a newer galley to show all of it", .red)
        }
        head.append(remarks)
        if let version = shown.version { head.append(version) }
        let text = ConflictText(library: library)
        for conflict in conflicts {
            head.append(StyledText("conflict ", .red) + text.line(conflict))
        }
        if let first = conflicts.first {
            library.client.output.hint(
                "galley conflicts show \(first.record.shortHandle) has all sides"
            )
        }
        return head
    }

    /// Authors, place and dates on one line.
    private static func facts(_ state: ArticleState) -> String? {
        var facts: [String] = []
        for field in [
            Field.byline, .dateline, .published, .updated, .sourceURL, .language, .topics,
        ] {
            let value = state.shownValue(of: field)
            guard !value.words.isEmpty else { continue }
            // Words that could not be read ("Updated 5 sec ago") speak for themselves.
            if case .date(let date) = value, date.reading == nil {
                facts.append("“\(value.words)”")
            } else {
                facts.append(field == .byline ? value.words : "\(field.name) \(value.words)")
            }
        }
        for register in state.fields {
            guard case .custom(let name) = register.field else { continue }
            let words = register.register.shown.words
            if !words.isEmpty { facts.append("\(name.string) \(words)") }
        }
        return facts.isEmpty ? nil : facts.joined(separator: " · ")
    }
}

extension FieldValue {
    /// The texts of a list, or the one text.
    var texts: [String] {
        switch self {
        case .list(let texts): texts.map(\.string)
        case .text(let text): [text.string]
        case .absent, .date: []
        }
    }
}
