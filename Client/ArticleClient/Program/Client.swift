import ArticleFormats
import Diagnostics
public import Files
import Signing

/// What every command works with: the surroundings, handed in so that tests bring their own.
public final class Client {
    /// The variables of the environment.
    public let variables: [String: String]
    /// Where data and messages go.
    public let output: Output
    /// Milliseconds since 1970.
    public let now: () -> Int64
    /// Gives so many random bytes.
    public let random: (Int) -> [UInt8]
    /// Standard input, at most so many bytes.
    public let readInput: (Int) throws -> [UInt8]
    /// Asks a person for a secret; nil where nobody can be asked.
    public let askSecret: (String) throws -> String?
    /// How many seconds the clock on the wall is ahead of UTC at a time in milliseconds since 1970.
    public let clockOffsetSeconds: (Int64) -> Int
    /// Starts a pager, given as a shell's command; nil where there is no terminal to show it on.
    public let startPager: ((String) throws(FileError) -> ChildInput)?
    /// `--library`.
    var libraryOption: String?
    /// `--passphrase-file`.
    var passphraseFile: String?

    /// Works in surroundings.
    public init(
        variables: [String: String],
        output: Output,
        now: @escaping () -> Int64,
        random: @escaping (Int) -> [UInt8],
        readInput: @escaping (Int) throws -> [UInt8],
        askSecret: @escaping (String) throws -> String?,
        clockOffsetSeconds: @escaping (Int64) -> Int = { _ in 0 },
        startPager: ((String) throws(FileError) -> ChildInput)? = nil
    ) {
        self.variables = variables
        self.output = output
        self.now = now
        self.random = random
        self.readInput = readInput
        self.askSecret = askSecret
        self.clockOffsetSeconds = clockOffsetSeconds
        self.startPager = startPager
    }

    /// The surroundings of this process.
    public static func ofProcess() -> Client {
        let variables = Surroundings.variables
        let isTerminal = StandardStreams.isTerminal(.output)
        let columns =
            isTerminal
            ? variables["COLUMNS"].flatMap(Int.init) ?? StandardStreams.columns(of: .output) ?? 80
            : nil
        var startPager: ((String) throws(FileError) -> ChildInput)?
        if isTerminal { startPager = pager }
        return Client(
            variables: variables,
            output: .standard(columns: columns),
            now: SystemClock.milliseconds,
            random: SecureRandom.bytes,
            readInput: { try StandardStreams.readInput(limit: $0) },
            askSecret: { prompt in
                // Never wait for an answer that cannot come.
                guard StandardStreams.inputIsTerminal else { return nil }
                return try StandardStreams.readSecret(prompt: prompt)
            },
            clockOffsetSeconds: LocalTime.offsetSeconds,
            startPager: startPager
        )
    }

    /// A pager; `less` keeps colours and what was shown, and ends where all fits on the screen.
    private static func pager(_ command: String) throws(FileError) -> ChildInput {
        try ChildInput(running: ["sh", "-c", command], defaults: ["LESS": "FRX", "LV": "-c"])
    }

    /// Where things lie.
    var places: Places { Places(variables: variables, library: libraryOption) }
}
