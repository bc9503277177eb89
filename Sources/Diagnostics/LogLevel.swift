/// How much a log line matters.
public enum LogLevel: Int, Comparable, CaseIterable, Sendable {
    /// For whoever looks for a fault in the program.
    case debug
    /// What happens in the normal course.
    case info
    /// Something is wrong that was dealt with.
    case warning
    /// Something is wrong that somebody must look at.
    case error

    /// The word shown in a line.
    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// The level of this name, or nil.
    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// Compares by weight.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The form of a log line.
public enum LogFormat: String, CaseIterable, Sendable {
    /// `time=… level=info event="listening" port=4480`.
    case logfmt
    /// One JSON object a line.
    case json
}

/// What a log line says besides its event.
public enum LogValue: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// Some text; shown quoted and escaped where it needs to be.
    case text(String)
    /// A number.
    case number(Int64)

    /// Makes a text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Makes a number.
    public init(integerLiteral value: Int64) { self = .number(value) }
    /// Makes a number of a count.
    public static func count(_ value: Int) -> LogValue { .number(Int64(value)) }
}
