import Glibc

/// What a program was started with: its streams, its terminal.
public enum StandardStreams {
    /// The two streams a program writes to.
    public enum Output: Int32, Sendable {
        /// Data.
        case output = 1
        /// Messages.
        case error = 2
    }

    /// All of standard input, at most `limit` bytes.
    public static func readInput(limit: Int) throws(FileError) -> [UInt8] {
        try Descriptor.readAll(0, path: "Standard input", limit: limit)
    }

    /// Writes `bytes`; with code `brokenPipe` where nobody reads any more.
    public static func write(_ bytes: [UInt8], to stream: Output) throws(FileError) {
        let name = stream == .output ? "Standard output" : "Standard error"
        try Descriptor.writeAll(bytes, to: stream.rawValue, path: name)
    }

    /// Whether standard input is a terminal.
    public static var inputIsTerminal: Bool { isatty(0) == 1 }

    /// Whether a stream goes to a terminal.
    public static func isTerminal(_ stream: Output) -> Bool { isatty(stream.rawValue) == 1 }

    /// The columns of the terminal a stream goes to.
    public static func columns(of stream: Output) -> Int? {
        var size = winsize()
        guard unsafe ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// Makes a write that cannot be done an error instead of the end of the program: to a pipe
    /// nobody reads, or beyond the size a file may have.
    public static func surviveFailedWrites() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Asks for a line on the terminal without showing what is typed; nil without a terminal.
    public static func readSecret(prompt: String) throws(FileError) -> String? {
        guard let terminal = try? Descriptor(opening: "/dev/tty", O_RDWR, to: "read") else {
            return nil
        }
        try terminal.writeAll(Array(prompt.utf8))
        var before = termios()
        guard unsafe tcgetattr(terminal.number, &before) == 0 else { return nil }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(terminal.number, TCSAFLUSH, &silent)
        defer { unsafe tcsetattr(terminal.number, TCSAFLUSH, &before) }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe Glibc.read(terminal.number, &byte, 1) == 1, byte != 0x0A {
            guard line.count < 4096 else { break }
            line.append(byte)
        }
        try terminal.writeAll([0x0A])
        return String(validating: line, as: UTF8.self)
    }
}
