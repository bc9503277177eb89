/// A command line that was understood: the command and the values given.
public struct ParsedCommand: Sendable {
    /// The names from the program's first level down: `["note", "add"]`.
    public let path: [String]
    var options: [String: [String]] = [:]
    var flags: Set<String> = []
    var arguments: [String: [String]] = [:]
    /// The usage line, for errors found after parsing.
    public let usage: String

    /// The path as typed: `note add`.
    public var name: String { path.joined(separator: " ") }

    /// Whether the flag, or the option with a value, was given.
    public func has(_ name: String) -> Bool { flags.contains(name) || options[name] != nil }

    /// The value of an option given once; the last one of an option that repeats.
    public func value(_ name: String) -> String? { options[name]?.last }

    /// All values of an option, in the order given.
    public func values(_ name: String) -> [String] { options[name] ?? [] }

    /// The value of a positional argument, or nil where it was left out.
    public func argument(_ name: String) -> String? { arguments[name]?.first }

    /// All values of a positional argument that repeats.
    public func arguments(_ name: String) -> [String] { arguments[name] ?? [] }

    /// The value of an option or argument the command cannot do without.
    ///
    /// Parsing has already refused the line where the description says so; this refuses it where
    /// the need depends on other values.
    public func required(_ name: String) throws(UsageError) -> String {
        guard let value = value(name) ?? argument(name) else {
            throw UsageError(.missingOption, "'--\(name)' is needed here.", usage: usage)
        }
        return value
    }

    /// The value of an option as a whole number within `range`, or nil where it was not given.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                .badValue,
                "'--\(name)' takes a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound), not '\(text)'.",
                usage: usage
            )
        }
        return number
    }

    /// The value of an option as one of `choices`, or nil where it was not given.
    public func choice(_ name: String, among choices: [String]) throws(UsageError) -> String? {
        guard let text = value(name) else { return nil }
        guard choices.contains(text) else {
            throw UsageError(
                .badValue,
                "'--\(name)' takes one of \(choices.joined(separator: ", ")), not '\(text)'."
                    + Spelling.suggestion(for: text, among: choices),
                usage: usage
            )
        }
        return text
    }

    /// A usage error of this command that only the command itself can see.
    public func misuse(_ message: String) -> UsageError {
        UsageError(.badValue, message, usage: usage)
    }
}
