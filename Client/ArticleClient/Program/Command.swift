import CommandArguments

/// One command: how it is called, and what it does.
protocol Command {
    /// The path it is called by, below the program.
    static var path: [String] { get }
    /// How it is called.
    static var description: CommandDescription { get }
    /// Whether what it prints for people is long and read from the top, so that a pager shows it.
    static var isPaged: Bool { get }
    /// Does it.
    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode
}

extension Command {
    /// Most commands stand right below the program.
    static var path: [String] { [description.name] }

    /// Most commands print a few lines.
    static var isPaged: Bool { false }
}
