/// A program's whole command line: its commands, and the options every one of them takes.
public struct ProgramDescription: Sendable {
    /// The root: its name is the program's, its subcommands are what can be done.
    public var root: CommandDescription
    /// Options that may stand anywhere, before or after the command's name.
    ///
    /// `--help` (`-h`) and `--version` are always understood and need no mention.
    public var globalOptions: [OptionDescription]

    /// Describes a program.
    public init(root: CommandDescription, globalOptions: [OptionDescription] = []) {
        self.root = root
        self.globalOptions = globalOptions
    }

    /// Reads a command line, without the program's own name.
    public func parse(_ words: [String]) throws(UsageError) -> ParsedLine {
        var parser = CommandParser(program: self)
        return try parser.parse(words)
    }

    /// The help of the command at `path`, or of the whole program where it is empty.
    public func help(for path: [String] = []) throws(UsageError) -> String {
        var commands = [root]
        for name in path {
            guard let last = commands.last else { break }
            guard let next = last.subcommands.first(where: { $0.name == name }) else {
                throw .unknownCommand(name, below: commands, program: self)
            }
            commands.append(next)
        }
        return HelpText(program: self, commands: commands).rendered
    }

    static let builtIn = [
        OptionDescription(flag: "help", short: "h", "show this help"),
        OptionDescription(flag: "version", "print the version"),
    ]
}

/// What a command line asks for.
public enum ParsedLine: Sendable {
    /// A command with all it needs.
    case run(ParsedCommand)
    /// The help; `asked` is false where a command group was named and no command of it.
    case help(text: String, asked: Bool)
    /// The program's version.
    case version
}
