import Foundation
import Testing

/// A hub of a test: the real `galleyd` in a folder of its own.
final class TestHub {
    let folder: URL
    /// Its public key in hexadecimal.
    let key: String
    /// A claim code that nobody has used.
    let claim: String
    private let galleyd = Executable(name: "galleyd")
    private var running: Executable.Started?
    /// Where it listens; the same after a restart, so that clients find it again.
    private(set) var address = "127.0.0.1:0"

    init(in folder: URL, named name: String = "hub", at address: String? = nil) throws {
        self.folder = folder.appending(path: name)
        let made = try galleyd.run([
            "init", "--data", self.folder.path, "--listen", "127.0.0.1:0", "--json",
        ])
        let fields = try #require(
            try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any]
        )
        key = try #require(fields["hub_key"] as? String)
        claim = try #require(fields["claim_code"] as? String)
        if let address { self.address = address }
        try start()
    }

    /// Starts it elsewhere.
    func start(at address: String) throws {
        self.address = address
        try start()
    }

    /// Starts it where it listened before.
    func start() throws {
        let started = try galleyd.start([
            "run", "--data", folder.path, "--listen", address, "--log-level", "error",
        ])
        let line = try #require(started.readLine())
        address = try #require(line.split(separator: " ").last.map(String.init))
        running = started
    }

    /// The running process; nil where it was stopped.
    var process: Process? { running?.process }

    /// Stops it and waits for its end.
    func stop() throws {
        let started = try #require(running)
        started.process.terminate()
        #expect(started.wait().status == 0)
        running = nil
    }

    var isRunning: Bool { running != nil }

    /// Ends it without a warning, as a crash does.
    func kill() throws {
        let started = try #require(running)
        Foundation.kill(started.process.processIdentifier, SIGKILL)
        _ = started.wait()
        running = nil
    }

    /// Takes all libraries away while it does not run.
    func removeLibraries() throws {
        let libraries = folder.appending(path: "libraries")
        for name in try FileManager.default.contentsOfDirectory(atPath: libraries.path) {
            try FileManager.default.removeItem(at: libraries.appending(path: name))
        }
    }

    /// What it holds, as `galleyd status` tells.
    func stateHash() throws -> String? {
        let status = try galleyd.run(["status", "--data", folder.path, "--json"])
        #expect(status.status == 0)
        let fields =
            try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any]
        let libraries = fields?["libraries"] as? [[String: Any]]
        return libraries?.first?["state_hash"] as? String
    }

    /// One more claim code.
    func newClaim() throws -> String {
        let outcome = try galleyd.run(["claim", "--data", folder.path])
        #expect(outcome.status == 0)
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A machine with a library that is registered here.
    func registeredMachine(in folder: URL, named name: String = "laptop") throws -> Machine {
        let machine = try Machine.withLibrary(in: folder, named: name)
        let outcome = try machine.galley("remote", "add", address, "--key", key, "--claim", claim)
        let state = running?.process.isRunning == true ? "runs" : "has ended"
        #expect(outcome.status == 0, "\(outcome.errors)The hub \(state).")
        return machine
    }
}

extension Machine {
    /// An invitation for somebody else, as a text.
    func invitation(_ words: String...) throws -> String {
        let outcome = try run([Program.galley.path, "invite", "ben", "--json"] + words)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try #require(try outcome.json["invitation"] as? String)
    }
}
