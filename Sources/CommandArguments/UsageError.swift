/// A command line that cannot be carried out as typed; nothing was done.
///
/// A program prints ``description`` to stderr and ends with ``exitCode``.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    /// What is wrong with the line.
    public enum Code: Sendable, Equatable {
        /// No command, or group of commands, has this name.
        case unknownCommand
        /// The command takes no option of this name.
        case unknownOption
        /// An option that takes a value stands without one.
        case missingValue
        /// A flag stands with a value.
        case unexpectedValue
        /// An option is given twice that may be given once.
        case repeatedOption
        /// An option the command cannot do without is missing.
        case missingOption
        /// An argument the command cannot do without is missing.
        case missingArgument
        /// There are more arguments than the command takes.
        case extraArgument
        /// A value is of the wrong kind.
        case badValue
    }

    /// The exit code of a program that was called wrongly.
    public static let exitCode: Int32 = 2

    /// What is wrong.
    public let code: Code
    /// What is wrong and what to do, for a person; without the program's name.
    public let message: String
    /// How the command is called, `galley list [OPTIONS]`.
    public let usage: String

    /// Makes an error.
    public init(_ code: Code, _ message: String, usage: String) {
        self.code = code
        self.message = message
        self.usage = usage
    }

    /// The message and the usage line.
    public var description: String { "\(message)\nUsage: \(usage)" }

    static func unknownCommand(
        _ name: String,
        below commands: [CommandDescription],
        program: ProgramDescription
    ) -> UsageError {
        let names = (commands.last?.subcommands ?? []).map(\.name)
        let path = commands.map(\.name).joined(separator: " ")
        return UsageError(
            .unknownCommand,
            "'\(path)' has no command '\(Spelling.printable(name))'."
                + Spelling.suggestion(for: name, among: names),
            usage: HelpText(program: program, commands: commands).usage
        )
    }
}
