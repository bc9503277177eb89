/// The help of one command, wrapped at 80 columns.
struct HelpText {
    let program: ProgramDescription
    /// From the program's root to the command explained.
    let commands: [CommandDescription]

    private static let width = 80
    private static let columnMax = 28

    /// `galley note add ARTICLE [OPTIONS]`.
    var usage: String {
        guard let command = commands.last else { return program.root.name }
        var words = commands.map(\.name)
        if !command.subcommands.isEmpty { words.append("COMMAND") }
        for option in command.options where option.isRequired && !option.isHidden {
            words += ["--" + option.name, option.value ?? "VALUE"]
        }
        if command.options.contains(where: { !$0.isRequired && !$0.isHidden })
            || !command.subcommands.isEmpty
        {
            words.append("[OPTIONS]")
        }
        words += command.arguments.map(Self.label)
        return words.joined(separator: " ")
    }

    var rendered: String {
        guard let command = commands.last else { return "" }
        var lines = ["\(commands.map(\.name).joined(separator: " ")): \(command.summary)", ""]
        lines.append("Usage: \(usage)")
        for paragraph in command.discussion.split(separator: "\n\n") {
            lines.append("")
            lines += Self.wrapped(String(paragraph), indent: 0, first: "")
        }
        section("Commands", command.subcommands.map { ($0.name, $0.summary) }, &lines)
        section("Arguments", command.arguments.map { (Self.label($0), $0.summary) }, &lines)
        section("Options", command.options.filter { !$0.isHidden }.map(Self.row), &lines)
        let general = program.globalOptions + ProgramDescription.builtIn
        section("Options of every command", general.filter { !$0.isHidden }.map(Self.row), &lines)
        if !command.examples.isEmpty {
            lines += ["", "Examples:"]
            for example in command.examples {
                lines += ["  \(example.line)"]
                lines += Self.wrapped(example.summary, indent: 6, first: "      ")
            }
        }
        if !command.subcommands.isEmpty {
            let path = commands.dropFirst().map { $0.name + " " }.joined()
            lines += ["", "More: \(program.root.name) help \(path)COMMAND"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// An argument as the usage line shows it.
    static func label(_ argument: ArgumentDescription) -> String {
        let name = argument.name.uppercased()
        return switch argument.count {
        case .one: name
        case .optional: "[\(name)]"
        case .oneOrMore: "\(name)…"
        case .any: "[\(name)…]"
        }
    }

    private static func row(_ option: OptionDescription) -> (String, String) {
        let short = option.short.map { "-\($0), " } ?? "    "
        let value = option.value.map { " \($0)" } ?? ""
        var summary = option.summary
        if option.repeats { summary += " (may be given several times)" }
        if option.isRequired { summary += " (needed)" }
        return (short + "--" + option.name + value, summary)
    }

    private func section(
        _ title: String,
        _ rows: [(left: String, right: String)],
        _ lines: inout [String]
    ) {
        guard !rows.isEmpty else { return }
        lines += ["", "\(title):"]
        let longest = rows.map(\.left.count).filter { $0 <= Self.columnMax }.max() ?? 0
        for row in rows {
            let start = "  " + row.left
            let column = longest + 4
            if start.count + 2 > column {
                lines.append(start)
                lines += Self.wrapped(
                    row.right,
                    indent: column,
                    first: String(repeating: " ", count: column)
                )
            } else {
                let padding = String(repeating: " ", count: column - start.count)
                lines += Self.wrapped(row.right, indent: column, first: start + padding)
            }
        }
    }

    /// `text` in lines of at most 80 columns; the first begins with `first`, the others with
    /// `indent` spaces.
    private static func wrapped(_ text: String, indent: Int, first: String) -> [String] {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent)
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        lines.append(line)
        return lines
    }
}
