import Foundation
import Testing

/// A machine of a test: folders of its own, in which the real `galley` runs.
struct Machine {
    let home: URL
    /// What tells it from others, where that is not this machine's own id.
    private let machine: String?

    init(named name: String, in folder: URL, machine: String? = nil) throws {
        self.machine = machine
        home = folder.appending(path: name)
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    }

    var library: URL { home.appending(path: "data/galley/library.sqlite3") }

    struct Outcome {
        let output: String
        let errors: String
        let status: Int32

        /// The output as one JSON document.
        var json: [String: Any] {
            get throws {
                let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
                return try #require(value as? [String: Any])
            }
        }
    }

    /// Runs `galley` to its end.
    @discardableResult
    func galley(_ words: String..., input: String? = nil) throws -> Outcome {
        try run(Program.galley, words, input: input)
    }

    /// Runs `galley` to its end and expects it to be done.
    @discardableResult
    func succeed(
        _ words: String...,
        input: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try run(Program.galley, words, input: input)
        #expect(
            outcome.status == 0,
            "galley \(words): \(outcome.errors)",
            sourceLocation: sourceLocation
        )
        return outcome
    }

    /// A process that is set up but not started.
    func process(_ program: URL, _ words: [String]) -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = words
        process.environment = environment
        process.currentDirectoryURL = home
        return process
    }

    var environment: [String: String] {
        var result = ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("GALLEY_") && !name.hasPrefix("XDG_") && name != "EDITOR"
                && name != "VISUAL"
        }
        result["HOME"] = home.path
        result["XDG_DATA_HOME"] = home.path + "/data"
        result["XDG_CONFIG_HOME"] = home.path + "/config"
        result["XDG_STATE_HOME"] = home.path + "/state"
        result["XDG_CACHE_HOME"] = home.path + "/cache"
        result["XDG_RUNTIME_DIR"] = home.path + "/run"
        if let machine { result["GALLEY_MACHINE"] = machine }
        return result
    }

    func run(_ program: URL, _ words: [String], input: String?) throws -> Outcome {
        let process = process(program, words)
        // Files, not pipes: a program that fills one pipe while the test reads the other would
        // wait for ever.
        let output = home.appending(path: "stdout-\(UUID().uuidString)")
        let errors = home.appending(path: "stderr-\(UUID().uuidString)")
        try Data().write(to: output)
        try Data().write(to: errors)
        defer {
            for file in [output, errors] { try? FileManager.default.removeItem(at: file) }
        }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        if let input {
            let file = home.appending(path: "stdin")
            try Data(input.utf8).write(to: file)
            process.standardInput = try FileHandle(forReadingFrom: file)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        process.waitUntilExit()
        return Outcome(
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
            status: process.terminationStatus
        )
    }
}

/// Where the build put the programs: beside the tests.
enum Program {
    static var galley: URL { folder.appending(path: "galley") }
    static var galleyd: URL { folder.appending(path: "galleyd") }

    private static var folder: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }
}

/// A folder that goes away with the test.
func withScratchFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "galley-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
