/// Writes log lines: one event each, with named values, in a form machines can read.
///
/// The clock and the place the lines go to are handed in, so that tests and simulations see the
/// same lines each time. Control characters never reach the sink: a peer cannot forge a line.
public struct Logger: Sendable {
    /// Lines of less weight are dropped.
    public let level: LogLevel
    /// How lines look.
    public let format: LogFormat
    private let clock: @Sendable () -> Int64
    private let sink: @Sendable (String) -> Void
    private let context: [(String, LogValue)]

    /// Makes a logger; `clock` gives milliseconds since 1970, `sink` takes lines that end in LF.
    public init(
        level: LogLevel = .info,
        format: LogFormat = .logfmt,
        clock: @escaping @Sendable () -> Int64,
        sink: @escaping @Sendable (String) -> Void
    ) {
        self.init(level: level, format: format, context: [], clock: clock, sink: sink)
    }

    private init(
        level: LogLevel,
        format: LogFormat,
        context: [(String, LogValue)],
        clock: @escaping @Sendable () -> Int64,
        sink: @escaping @Sendable (String) -> Void
    ) {
        self.level = level
        self.format = format
        self.context = context
        self.clock = clock
        self.sink = sink
    }

    /// A logger that says nothing.
    public static let silent = Logger(level: .error, clock: { 0 }, sink: { _ in })

    /// The same logger with values that every line of it bears.
    public func with(_ values: KeyValuePairs<String, LogValue>) -> Logger {
        Logger(
            level: level,
            format: format,
            context: context + values.map { ($0.key, $0.value) },
            clock: clock,
            sink: sink
        )
    }

    /// Writes one line, unless its level is below the logger's.
    public func log(
        _ level: LogLevel,
        _ event: String,
        _ values: KeyValuePairs<String, LogValue> = [:]
    ) {
        guard level >= self.level else { return }
        var pairs: [(String, LogValue)] = [
            ("time", .text(RFC3339.text(ofMilliseconds: clock()))),
            ("level", .text(level.name)), ("event", .text(event)),
        ]
        pairs += context
        pairs += values.map { ($0.key, $0.value) }
        sink(LogLine.text(pairs, format: format))
    }

    /// Writes a line of level debug.
    public func debug(_ event: String, _ values: KeyValuePairs<String, LogValue> = [:]) {
        log(.debug, event, values)
    }

    /// Writes a line of level info.
    public func info(_ event: String, _ values: KeyValuePairs<String, LogValue> = [:]) {
        log(.info, event, values)
    }

    /// Writes a line of level warning.
    public func warning(_ event: String, _ values: KeyValuePairs<String, LogValue> = [:]) {
        log(.warning, event, values)
    }

    /// Writes a line of level error.
    public func error(_ event: String, _ values: KeyValuePairs<String, LogValue> = [:]) {
        log(.error, event, values)
    }
}

enum LogLine {
    static func text(_ pairs: [(String, LogValue)], format: LogFormat) -> String {
        switch format {
        case .logfmt:
            pairs.map { key, value in
                switch value {
                case .text(let text): "\(key)=\(needsQuotes(text) ? quoted(text) : text)"
                case .number(let number): "\(key)=\(number)"
                }
            }.joined(separator: " ") + "\n"
        case .json:
            "{"
                + pairs.map { key, value in
                    switch value {
                    case .text(let text): "\(quoted(key)):\(quoted(text))"
                    case .number(let number): "\(quoted(key)):\(number)"
                    }
                }.joined(separator: ",") + "}\n"
        }
    }

    private static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty
            || text.unicodeScalars.contains { scalar in
                scalar.value <= 0x20 || (0x7F...0x9F).contains(scalar.value)
                    || scalar.value == 0x22 || scalar.value == 0x3D || scalar.value == 0x5C
                    || scalar.value == 0x2028 || scalar.value == 0x2029
            }
    }

    /// A JSON string; both forms share it.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x09: result += "\\t"
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
