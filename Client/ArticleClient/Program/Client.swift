import ArticleFormats
import Diagnostics
import Files
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
        askSecret: @escaping (String) throws -> String?
    ) {
        self.variables = variables
        self.output = output
        self.now = now
        self.random = random
        self.readInput = readInput
        self.askSecret = askSecret
    }

    /// The surroundings of this process.
    public static func ofProcess() -> Client {
        let variables = Surroundings.variables
        let columns = StandardStreams.columns(of: .output).map {
            variables["COLUMNS"].flatMap(Int.init) ?? $0
        }
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
            }
        )
    }

    /// Where things lie.
    var places: Places { Places(variables: variables, library: libraryOption) }
}
