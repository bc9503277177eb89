/// One command of a program: what it is called, what it takes, and how it is explained.
///
/// A value, not a type a command: the whole command line of a program is one constant that can be
/// parsed, listed and printed as help. A command has either subcommands or arguments.
public struct CommandDescription: Sendable {
    /// What is typed.
    public var name: String
    /// One line without a full stop, shown in lists.
    public var summary: String
    /// Paragraphs below the usage, or empty.
    public var discussion: String
    /// Positional arguments, in order; only the last may repeat or be left out.
    public var arguments: [ArgumentDescription]
    /// Options of this command alone.
    public var options: [OptionDescription]
    /// Whole command lines, with what each does.
    public var examples: [CommandExample]
    /// Commands below this one, in the order of the list.
    public var subcommands: [CommandDescription]

    /// Describes a command.
    public init(
        _ name: String,
        _ summary: String,
        discussion: String = "",
        arguments: [ArgumentDescription] = [],
        options: [OptionDescription] = [],
        examples: [CommandExample] = [],
        subcommands: [CommandDescription] = []
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.examples = examples
        self.subcommands = subcommands
    }
}

/// A positional argument of a command.
public struct ArgumentDescription: Sendable {
    /// How often an argument may be given.
    public enum Count: Sendable {
        /// Exactly once.
        case one
        /// Once or not at all.
        case optional
        /// Once or more; last of its command.
        case oneOrMore
        /// Any number of times; last of its command.
        case any
    }

    /// The name it is asked for by, shown in capitals.
    public var name: String
    /// What it is, one line.
    public var summary: String
    /// How often it may be given.
    public var count: Count

    /// Describes an argument.
    public init(_ name: String, _ summary: String, count: Count = .one) {
        self.name = name
        self.summary = summary
        self.count = count
    }
}

/// An option, `--name VALUE` or a bare flag `--name`.
public struct OptionDescription: Sendable {
    /// The name without its dashes.
    public var name: String
    /// One letter that stands for it after a single dash.
    public var short: Character?
    /// What the value is called in the help, or nil for a flag without one.
    public var value: String?
    /// Whether it may be given more than once; the values are kept in order.
    public var repeats: Bool
    /// Whether the command cannot do without it.
    public var isRequired: Bool
    /// Whether the help leaves it out.
    public var isHidden: Bool
    /// What it does, one line.
    public var summary: String

    /// Describes an option with a value.
    public init(
        _ name: String,
        short: Character? = nil,
        value: String,
        repeats: Bool = false,
        isRequired: Bool = false,
        isHidden: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.short = short
        self.value = value
        self.repeats = repeats
        self.isRequired = isRequired
        self.isHidden = isHidden
        self.summary = summary
    }

    /// Describes a flag.
    public init(
        flag name: String,
        short: Character? = nil,
        isHidden: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.short = short
        self.value = nil
        self.repeats = false
        self.isRequired = false
        self.isHidden = isHidden
        self.summary = summary
    }
}

/// A command line shown in the help, with what it does.
public struct CommandExample: Sendable {
    /// The line as typed.
    public var line: String
    /// What it does.
    public var summary: String

    /// Makes an example.
    public init(_ line: String, _ summary: String) {
        self.line = line
        self.summary = summary
    }
}
