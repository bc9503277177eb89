import Foundation
import Glibc

/// Runs a program and says how long it took.
struct Command {
    struct Result {
        let output: String
        let errors: String
        let status: Int32
        /// Wall time.
        let milliseconds: Double
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    var environment: [String: String] = [:]

    /// Runs `words`; throws where the program does not end with 0.
    ///
    /// By `posix_spawn`: Foundation's `Process` looks for the end only every few milliseconds.
    @discardableResult
    func run(_ words: [String]) throws -> Result {
        guard let name = words.first, let path = Command.path(of: name) else {
            throw Failure(description: "\(words.first ?? "") is not on PATH")
        }
        let errors = FileManager.default.temporaryDirectory
            .appending(path: "galley-bench-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        let output = Pipe()
        let variables = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let start = ContinuousClock.now
        let child = try Self.spawn(
            path,
            words,
            variables.map { "\($0.key)=\($0.value)" },
            output: output.fileHandleForWriting.fileDescriptor,
            errors: errors.path
        )
        try output.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        var ending: Int32 = 0
        while waitpid(child, &ending, 0) < 0, errno == EINTR {}
        let took = ContinuousClock.now - start
        let result = Result(
            output: String(decoding: data, as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
            status: ending & 0x7F == 0 ? ending >> 8 & 0xFF : -(ending & 0x7F),
            milliseconds: took / .milliseconds(1)
        )
        guard result.status == 0 else {
            throw Failure(
                description:
                    "\(words.joined(separator: " ")) ended with \(result.status): \(result.errors)"
            )
        }
        return result
    }

    private static func spawn(
        _ path: String,
        _ words: [String],
        _ variables: [String],
        output: Int32,
        errors: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, path, &actions, nil, &arguments, &environment)
        guard failure == 0 else { throw Failure(description: "\(path) could not be started") }
        return child
    }

    /// Starts `words` in the background with its output in a pipe.
    func start(_ words: [String]) throws -> (Process, FileHandle) {
        let process = try make(words)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output.fileHandleForReading)
    }

    private func make(_ words: [String]) throws -> Process {
        guard let name = words.first, let path = Command.path(of: name) else {
            throw Failure(description: "\(words.first ?? "") is not on PATH")
        }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = Array(words.dropFirst())
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { _, new in new }
        return process
    }

    static func path(of name: String) -> String? {
        if name.contains("/") { return name }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
