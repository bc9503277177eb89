import Foundation

/// A program of this package, run as people run it.
struct Executable {
    /// Where the programs lie: beside the tests.
    static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// How a run ended.
    struct Result {
        let status: Int32
        let output: String
        let error: String
    }

    let name: String
    var environment: [String: String] = [:]

    /// Runs the program to its end.
    func run(_ arguments: [String], input: String? = nil) throws -> Result {
        let started = try start(arguments, input: input)
        return started.wait()
    }

    /// Starts the program.
    func start(_ arguments: [String], input: String? = nil) throws -> Started {
        let process = Process()
        process.executableURL = Self.folder.appending(path: name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return try Started(process, input: input)
    }

    /// A program that runs.
    final class Started {
        let process: Process
        private let output: Pipe
        private let error: URL
        private var text = Data()

        fileprivate init(_ process: Process, input: String?) throws {
            self.process = process
            output = Pipe()
            error = FileManager.default.temporaryDirectory.appending(
                path: "galley-stderr-\(UUID().uuidString)"
            )
            try Data().write(to: error)
            process.standardOutput = output
            process.standardError = try FileHandle(forWritingTo: error)
            if let input {
                let pipe = Pipe()
                process.standardInput = pipe
                try process.run()
                // What is longer than a pipe holds is not needed by any test.
                try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
                try pipe.fileHandleForWriting.close()
            } else {
                process.standardInput = FileHandle.nullDevice
                try process.run()
            }
        }

        deinit {
            if process.isRunning { process.terminate() }
            // It lies in the system's temporary folder, which is emptied anyway.
            try? FileManager.default.removeItem(at: error)
        }

        /// Waits for a line of its output; nil where it ends without another.
        func readLine() -> String? {
            while !text.contains(0x0A) {
                let more = output.fileHandleForReading.availableData
                guard !more.isEmpty else { return nil }
                text.append(more)
            }
            guard let end = text.firstIndex(of: 0x0A) else { return nil }
            defer { text.removeSubrange(...end) }
            return String(decoding: text[..<end], as: UTF8.self)
        }

        /// Waits for its end.
        func wait() -> Result {
            while true {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                text.append(more)
            }
            process.waitUntilExit()
            let said = (try? Data(contentsOf: error)) ?? Data()
            return Result(
                status: process.terminationStatus,
                output: String(decoding: text, as: UTF8.self),
                error: String(decoding: said, as: UTF8.self)
            )
        }
    }
}
