import Foundation
import SQLite
import TestSupport
import Testing

/// `kill -9` at any moment of an import or an edit loses nothing that was said to be done.
///
/// The moments are drawn from a seed as delays; what they hit differs from run to run, and the
/// outcome must hold for every one of them.
@Suite(.serialized) struct KillTests {
    static let killCount = 200

    @Test func nothingThatWasSaidToBeDoneIsLost() throws {
        try withScratchFolder { folder in
            var random = SeededRandom(seed: 0x6B69_6C6C)
            let machine = try Machine(named: "laptop", in: folder)
            try machine.succeed("init", "--user", "ada", "--device", "laptop")
            var world = World(machine: machine, folder: folder)
            try world.importOneArticle()
            var killed = 0
            while killed < Self.killCount {
                let delay = Int32.random(in: 0...24, using: &random)
                if Bool.random(using: &random) {
                    try world.importAndKill(afterMilliseconds: delay, &killed)
                } else {
                    try world.editAndKill(afterMilliseconds: delay, &killed)
                }
                try world.check(isThorough: killed.isMultiple(of: 10))
            }
            try world.check(isThorough: true)
        }
    }
}

/// What one machine was told, so that it can be held to it.
private struct World {
    let machine: Machine
    let folder: URL
    private var imported: Set<String> = []
    private var editedArticle = ""
    /// The last text that was said to be saved.
    private var savedText = ""
    /// A text on its way when the process was killed: it may be there or not, but only whole.
    private var attemptedText: String?
    private var fileCount = 0
    private var editCount = 0

    init(machine: Machine, folder: URL) {
        self.machine = machine
        self.folder = folder
    }

    mutating func importOneArticle() throws {
        let file = folder.appending(path: "first.md")
        try Data("# The first\n\nA paragraph to edit.\n".utf8).write(to: file)
        let outcome = try machine.succeed("import", "--ndjson", file.path)
        editedArticle = try #require(Self.ids(in: outcome.output).first)
        imported.insert(editedArticle)
        savedText = try machine.succeed("show", editedArticle, "--raw").output
    }

    mutating func importAndKill(afterMilliseconds delay: Int32, _ killed: inout Int) throws {
        var words = ["import", "--ndjson"]
        for _ in 0..<6 {
            fileCount += 1
            let file = folder.appending(path: "article-\(fileCount).md")
            let text = "# Article \(fileCount)\n\n" + String(repeating: "Words of it. ", count: 200)
            try Data(text.utf8).write(to: file)
            words.append(file.path)
        }
        let (output, wasKilled) = try runAndKill(words, afterMilliseconds: delay)
        imported.formUnion(Self.ids(in: output))
        if wasKilled { killed += 1 }
    }

    mutating func editAndKill(afterMilliseconds delay: Int32, _ killed: inout Int) throws {
        editCount += 1
        let text = savedText + "\n\nParagraph \(editCount) of the edits.\n"
        let file = folder.appending(path: "edited.md")
        try Data(text.utf8).write(to: file)
        let words = ["edit", editedArticle, "--from", file.path]
        let (output, wasKilled) = try runAndKill(words, afterMilliseconds: delay)
        if wasKilled { killed += 1 }
        attemptedText = text
        if !wasKilled || output.contains("\n") {
            // It said so: from here on nothing less will do.
            savedText = try machine.succeed("show", editedArticle, "--raw").output
            #expect(savedText.contains("Paragraph \(editCount) of the edits."))
            attemptedText = nil
        }
    }

    /// Everything that was said to be done is there, and nothing is half there.
    mutating func check(isThorough: Bool) throws {
        try checkFile()
        let text = try machine.succeed("show", editedArticle, "--raw").output
        if let attemptedText, text.contains("Paragraph \(editCount) of the edits.") {
            #expect(Self.paragraphs(text) == Self.paragraphs(attemptedText))
        } else {
            #expect(Self.paragraphs(text) == Self.paragraphs(savedText))
        }
        savedText = text
        attemptedText = nil
        let listed = try machine.succeed("list", "--json").output
        #expect(imported.subtracting(Self.ids(in: listed)).isEmpty)
        if isThorough {
            // The chain, every signature and every body; then everything derived, built again.
            try machine.succeed("verify")
            try machine.succeed("doctor")
        }
    }

    private func checkFile() throws {
        let database = try Database(path: machine.library.path, mode: .readOnly)
        let statement = try database.statement("PRAGMA integrity_check")
        #expect(try statement.step())
        #expect(statement.text(0) == "ok")
    }

    /// Runs `galley` and kills it after a while, unless it has ended before.
    private func runAndKill(
        _ words: [String],
        afterMilliseconds delay: Int32
    ) throws -> (output: String, wasKilled: Bool) {
        let process = machine.process(Program.galley, words)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // Waits for nothing but the time: no descriptor is given.
        poll(nil, 0, delay)
        kill(process.processIdentifier, SIGKILL)
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (
            String(decoding: data, as: UTF8.self), process.terminationReason == .uncaughtSignal
        )
    }

    private static func paragraphs(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: true)
    }

    /// The article ids in whole lines of JSON.
    private static func ids(in output: String) -> Set<String> {
        var result: Set<String> = []
        guard let end = output.lastIndex(of: "\n") else { return [] }
        let whole = output[...end]
        for part in whole.components(separatedBy: "\"id\":\"").dropFirst() {
            result.insert(String(part.prefix { $0 != "\"" }))
        }
        return result
    }
}
