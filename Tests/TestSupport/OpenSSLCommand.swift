import Foundation

/// The `openssl` command: a stranger's reading of our keys and signatures.
public enum OpenSSLCommand {
    /// What a test says that skips because the command is absent.
    public static let absence = "needs the openssl command"

    /// Whether the command can be run.
    public static let isPresent: Bool = (try? run(["version"]))?.status == 0

    /// How a run ended.
    public struct Result: Sendable {
        /// The exit code.
        public let status: Int32
        /// What came out, standard error left out.
        public let output: [UInt8]
    }

    /// Runs the command with `arguments` and waits for its end.
    public static func run(_ arguments: [String]) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: [UInt8](data))
    }
}
