import Glibc

/// The machine's clocks, for programs to hand to what needs one.
public enum SystemClock {
    /// Milliseconds since 1970, as the machine believes.
    public static func milliseconds() -> Int64 { read(CLOCK_REALTIME) }

    /// Milliseconds since some moment; never goes back.
    public static func monotonicMilliseconds() -> Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// The program's standard streams, written without a buffer and without a wait for a lock.
public enum StandardStream: Sendable {
    /// What a program was asked for.
    case output
    /// What it has to say besides.
    case error

    /// Writes all of `text`; what cannot be written is dropped, as nobody is left to tell.
    public func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes all of `bytes`; returns whether they went out.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
        let descriptor: Int32 =
            switch self {
            case .output: 1
            case .error: 2
            }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if written < 0 {
                guard errno == EINTR else { return false }
            } else {
                rest = rest.dropFirst(written)
            }
        }
        return true
    }

    /// Whether a terminal is at the other end.
    public var isTerminal: Bool {
        switch self {
        case .output: isatty(1) == 1
        case .error: isatty(2) == 1
        }
    }
}

extension Logger {
    /// A logger to stderr by the machine's clock.
    public static func standardError(
        level: LogLevel = .info,
        format: LogFormat = .logfmt
    ) -> Logger {
        Logger(level: level, format: format, clock: SystemClock.milliseconds) {
            StandardStream.error.write($0)
        }
    }
}
