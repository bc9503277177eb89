import Foundation

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
    @discardableResult
    func run(_ words: [String], input: String? = nil, in folder: URL? = nil) throws -> Result {
        let process = try make(words, in: folder)
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory
            .appending(path: "galley-bench-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        let start = ContinuousClock.now
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let took = ContinuousClock.now - start
        let result = Result(
            output: String(decoding: data, as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
            status: process.terminationStatus,
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

    /// Starts `words` in the background with its output in a pipe.
    func start(_ words: [String]) throws -> (Process, FileHandle) {
        let process = try make(words, in: nil)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output.fileHandleForReading)
    }

    private func make(_ words: [String], in folder: URL?) throws -> Process {
        guard let name = words.first, let path = Command.path(of: name) else {
            throw Failure(description: "\(words.first ?? "") is not on PATH")
        }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = folder
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
