import Foundation

/// A worker that runs an engine, asked line by line over a pipe.
final class EngineProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let engine: Engine
    /// What starts it in a process of its own, to be told what to do there.
    let command: [String]
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread: [UInt8] = []

    init(_ engine: Engine, command: [String], cache: URL) throws {
        self.engine = engine
        self.command = command
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst()) + [cache.path]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try ask("hello", "")
        guard try answer().hasPrefix("version ") else {
            throw Failure(description: "\(engine.rawValue) does not start")
        }
    }

    /// Ends the worker.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Has it begin a task; ``answer()`` waits for the end.
    func ask(_ task: String, _ trace: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(task)\t\(trace)\n".utf8))
    }

    /// What it says to the task asked for first.
    func answer() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread.removeSubrange(...end)
                guard line.hasPrefix("error ") else { return line }
                throw Failure(description: "\(engine.rawValue): \(line.dropFirst(6))")
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else {
                throw Failure(description: "\(engine.rawValue): the worker ended by itself")
            }
            unread += data
        }
    }

    /// Does a task and gives the number or the word it is answered by; nil where it has none.
    ///
    /// Nil also where another engine fails, which ends none of the others' measurements.
    func result(of task: String, _ trace: String) throws -> String? {
        do {
            try ask(task, trace)
            let words = try answer().split(separator: " ", maxSplits: 1)
            return words == ["none"] ? nil : words.last.map { String($0) }
        } catch  where engine != .ours {
            Program.complain("\(task) on \(trace) is left out: \(error)")
            return nil
        }
    }

    /// As ``result(of:_:)``, as a number.
    func number(of task: String, _ trace: String) throws -> Double? {
        try result(of: task, trace).flatMap { Double($0) }
    }
}

/// What is measured.
enum Engine: String, CaseIterable {
    case ours = "Galley"
    case loro = "Loro"
    case yrs = "Yrs"
    /// Recorded, never run here.
    case diamondTypes = "diamond-types"

    /// Those that others are measured against.
    static let rivals: [Engine] = [.loro, .yrs, .diamondTypes]
}
