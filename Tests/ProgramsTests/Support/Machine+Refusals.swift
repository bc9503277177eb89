import Foundation
import Testing

/// All that is on a machine, to be compared before and after what must change nothing.
struct MachineContents: Equatable {
    /// What follows from the log; nil where the library cannot be read.
    let stateHash: String?
    /// The bytes of every file by its path, but for what SQLite keeps only while it is at work.
    let files: [String: Data]
}

extension Machine {
    /// A machine with a library of its own.
    static func withLibrary(in folder: URL, named name: String = "laptop") throws -> Machine {
        let machine = try Machine(named: name, in: folder)
        try machine.succeed("init", "--user", "ada", "--device", name)
        return machine
    }

    /// Writes a file into the machine's home and gives its path.
    func file(_ name: String, _ text: String) throws -> String {
        try file(name, Data(text.utf8))
    }

    /// Writes a file into the machine's home and gives its path.
    func file(_ name: String, _ bytes: Data) throws -> String {
        let url = home.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try bytes.write(to: url)
        return url.path
    }

    /// Imports a text and gives the article's id.
    @discardableResult
    func imported(_ title: String, _ body: String = "Some words.") throws -> String {
        let path = try file("texts/\(title).md", "# \(title)\n\n\(body)\n")
        let articles = try succeed("import", "--json", path).json["articles"] as? [[String: Any]]
        return try #require(articles?.first?["id"] as? String)
    }

    /// The state hash, as `galley status` has it.
    func stateHash() throws -> String {
        try #require(try succeed("status", "--json").json["state_hash"] as? String)
    }

    /// All that is there.
    ///
    /// `withoutLibrary` leaves out the bytes of the library's file, for what writes to it and then
    /// takes that back; what follows from its log still counts. So it does those of the chain's anchor,
    /// which is moved before anything is stored.
    func contents(withoutLibrary: Bool = false) throws -> MachineContents {
        let status = try galley("status", "--json")
        let hash = status.status == 0 ? try status.json["state_hash"] as? String : nil
        var files: [String: Data] = [:]
        let names = try FileManager.default.subpathsOfDirectory(atPath: home.path)
        for name in names where !name.hasSuffix("-wal") && !name.hasSuffix("-shm") {
            let url = home.appending(path: name)
            let facts = try url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            // What is larger was put there by the test.
            guard facts.isRegularFile == true, facts.fileSize ?? 0 < 50_000_000 else { continue }
            let isWritten =
                url.lastPathComponent == library.lastPathComponent
                || name.hasPrefix("state/galley/anchors/")
            let isLeftOut = withoutLibrary && isWritten
            files[name] = isLeftOut ? Data() : try Data(contentsOf: url)
        }
        return MachineContents(stateHash: hash, files: files)
    }

    /// Runs `galley` and expects it to end with `status`, to say on standard error what `saying`
    /// lists, to print no data, and to change nothing.
    @discardableResult
    func refuse(
        _ words: [String],
        with status: Int32,
        saying phrases: [String],
        through wrapper: [String] = [],
        takingBackWrites: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let before = try contents(withoutLibrary: takingBackWrites)
        let outcome = try run(wrapper + [Program.galley.path] + words)
        #expect(
            outcome.status == status,
            "galley \(words): \(outcome.errors)",
            sourceLocation: sourceLocation
        )
        for phrase in phrases {
            #expect(outcome.errors.contains(phrase), sourceLocation: sourceLocation)
        }
        #expect(outcome.errors.hasSuffix("\n"), sourceLocation: sourceLocation)
        #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
        let after = try contents(withoutLibrary: takingBackWrites)
        #expect(after == before, sourceLocation: sourceLocation)
        return outcome
    }

    /// Runs any program with this machine's folders; the first word is its path.
    func run(_ words: [String]) throws -> Outcome {
        let program = try #require(words.first)
        let process = process(URL(filePath: program), Array(words.dropFirst()))
        // Beside the home, so that they are no part of what is there.
        let place = home.deletingLastPathComponent().appending(path: UUID().uuidString)
        let output = URL(filePath: place.path + ".out")
        let errors = URL(filePath: place.path + ".err")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Outcome(
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
            // A crash must not pass for an exit code.
            status: process.terminationReason == .exit ? process.terminationStatus : -1
        )
    }
}
