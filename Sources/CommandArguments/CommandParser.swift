/// Reads one command line from left to right.
struct CommandParser {
    private let program: ProgramDescription
    private var commands: [CommandDescription]
    private var options: [String: [String]] = [:]
    private var flags: Set<String> = []
    private var positionals: [String] = []

    init(program: ProgramDescription) {
        self.program = program
        commands = [program.root]
    }

    private var current: CommandDescription { commands.last ?? program.root }
    private var usage: String { HelpText(program: program, commands: commands).usage }

    /// Every option understood at this point of the line, the command's own first.
    private var known: [OptionDescription] {
        current.options + program.globalOptions + ProgramDescription.builtIn
    }

    mutating func parse(_ words: [String]) throws(UsageError) -> ParsedLine {
        var rest = words[...]
        var optionsEnded = false
        while let word = rest.popFirst() {
            if optionsEnded || word == "-" || !word.hasPrefix("-") {
                if let help = try positional(word, &rest) { return help }
            } else if word == "--" {
                optionsEnded = true
            } else if word.hasPrefix("--") {
                try longOption(word.dropFirst(2), &rest)
            } else {
                try shortOptions(word.dropFirst(), &rest)
            }
        }
        // Help wins over what is missing: somebody who asks for it does not know yet.
        if flags.contains("help") {
            return .help(text: HelpText(program: program, commands: commands).rendered, asked: true)
        }
        if flags.contains("version") { return .version }
        guard current.subcommands.isEmpty else {
            return .help(
                text: HelpText(program: program, commands: commands).rendered,
                asked: false
            )
        }
        return .run(try checked())
    }

    /// Takes a word that is no option: a command's name while commands are below, else a value.
    ///
    /// Returns the help where the word is the `help` command.
    private mutating func positional(
        _ word: String,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> ParsedLine? {
        guard !current.subcommands.isEmpty else {
            positionals.append(word)
            return nil
        }
        if let command = current.subcommands.first(where: { $0.name == word }) {
            commands.append(command)
            return nil
        }
        guard word == "help", commands.count == 1 else {
            throw .unknownCommand(word, below: commands, program: program)
        }
        let path = rest.filter { !$0.hasPrefix("-") }
        return .help(text: try program.help(for: path), asked: true)
    }

    private mutating func longOption(
        _ text: Substring,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let equals = text.firstIndex(of: "=")
        let name = String(text[..<(equals ?? text.endIndex)])
        let attached = equals.map { String(text[text.index(after: $0)...]) }
        guard let option = known.first(where: { $0.name == name }) else {
            throw unknownOption("--" + name, among: known.filter { !$0.isHidden }.map(\.name))
        }
        guard option.value != nil else {
            guard attached == nil else {
                throw error(.unexpectedValue, "'--\(name)' takes no value.")
            }
            flags.insert(option.name)
            return
        }
        try add(attached, or: "--" + name, to: option, &rest)
    }

    private mutating func shortOptions(
        _ letters: Substring,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        var letters = letters
        while let letter = letters.popFirst() {
            guard let option = known.first(where: { $0.short == letter }) else {
                throw unknownOption("-" + String(letter), among: [])
            }
            guard option.value != nil else {
                flags.insert(option.name)
                continue
            }
            // `-n5` and `-n 5` are the same.
            let attached = letters.isEmpty ? nil : String(letters)
            letters = ""
            try add(attached, or: "-" + String(letter), to: option, &rest)
        }
    }

    /// Keeps the value that hangs on the option, or else the word after it.
    private mutating func add(
        _ attached: String?,
        or typed: String,
        to option: OptionDescription,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        var value = attached
        // `--key --claim X` is a forgotten value far more often than a value with two dashes.
        if value == nil, let next = rest.first, !next.hasPrefix("--") { value = rest.popFirst() }
        guard let value else {
            throw error(
                .missingValue,
                "'\(typed)' needs a value: \(typed) \(option.value ?? "VALUE")."
            )
        }
        guard option.repeats || options[option.name] == nil else {
            throw error(.repeatedOption, "'--\(option.name)' is given twice; once is enough.")
        }
        options[option.name, default: []].append(value)
    }

    /// Deals the positional words out to the command's arguments, and looks for what is missing.
    private func checked() throws(UsageError) -> ParsedCommand {
        var result = ParsedCommand(path: commands.dropFirst().map(\.name), usage: usage)
        result.options = options
        result.flags = flags
        var rest = positionals[...]
        for argument in current.arguments {
            switch argument.count {
            case .one, .oneOrMore:
                guard let word = rest.popFirst() else {
                    throw error(
                        .missingArgument,
                        "\(HelpText.label(argument)) is missing: \(argument.summary)."
                    )
                }
                result.arguments[argument.name] = [word]
            case .optional:
                if let word = rest.popFirst() { result.arguments[argument.name] = [word] }
            case .any:
                break
            }
            if argument.count == .any || argument.count == .oneOrMore {
                result.arguments[argument.name, default: []] += rest
                rest = []
            }
        }
        if let extra = rest.first {
            throw error(
                .extraArgument,
                "'\(Spelling.printable(extra))' is one argument too many."
            )
        }
        let needed = current.options + program.globalOptions
        if let missing = needed.first(where: { $0.isRequired && options[$0.name] == nil }) {
            throw error(
                .missingOption,
                "'--\(missing.name)' is missing: \(missing.summary)."
            )
        }
        return result
    }

    private func unknownOption(_ typed: String, among names: [String]) -> UsageError {
        let path = commands.map(\.name).joined(separator: " ")
        let name = String(typed.drop { $0 == "-" })
        return error(
            .unknownOption,
            "'\(path)' has no option '\(Spelling.printable(typed))'."
                + Spelling.suggestion(for: name, among: names, prefix: "--")
        )
    }

    private func error(_ code: UsageError.Code, _ message: String) -> UsageError {
        UsageError(code, message, usage: usage)
    }
}
