import Foundation
import TestSupport
import Testing

/// `kill -9` of the hub at any moment of a sync loses nothing it acknowledged, and nothing at all.
///
/// The moments are drawn from a seed as delays; what they hit differs from run to run, and the
/// outcome must hold for every one of them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HubKillTests {
    static let killCount = 25

    @Test func nothingIsLostOrTwice() throws {
        try withScratchFolder { folder in
            var random = SeededRandom(seed: 0x6875_6221)
            var hub = try Hub(in: folder)
            let laptop = try Machine(named: "laptop", in: folder)
            let pad = try Machine(named: "pad", in: folder)
            try laptop.succeed("init", "--user", "ada", "--device", "laptop")
            try laptop.succeed("remote", "add", hub.address, "--key", hub.key, "--claim", hub.claim)
            let invitation = folder.appending(path: "pad.invite").path
            try laptop.succeed("device", "add", "pad", "--output", invitation)
            try pad.succeed("join", "--invite", invitation)

            var count = 0
            var cutCount = 0
            for _ in 0..<Self.killCount {
                let files = try (0..<8).map { _ in
                    count += 1
                    return try article(count, in: folder)
                }
                try laptop.succeed("import", files[0], files[1], files[2], files[3])
                try pad.succeed("import", files[4], files[5], files[6], files[7])
                // Both are under way when the hub dies, at whatever point.
                let syncing = try [laptop, pad].map {
                    try start($0.process(Program.galley, ["sync"]))
                }
                hub.kill(afterMilliseconds: UInt32.random(in: 0...300, using: &random))
                for process in syncing { process.waitUntilExit() }
                for process in syncing where process.terminationStatus != 0 {
                    // Cut off: a matter of the network, never of what is kept.
                    #expect(process.terminationStatus == 5)
                    cutCount += 1
                }
                try hub.start()
            }
            #expect(cutCount > 0, "no sync was hit")
            for machine in [laptop, pad, laptop] { try machine.succeed("sync") }
            let expected = try #require(try laptop.succeed("status", "--json").json["state_hash"])
            for machine in [laptop, pad] {
                let status = try machine.succeed("status", "--json").json
                #expect(status["state_hash"] as? String == expected as? String)
                try machine.succeed("verify")
                try machine.succeed("doctor")
            }
            let library = try #require(try hub.status())
            #expect(library["state_hash"] as? String == expected as? String)
            #expect(library["articles"] as? Int == count)
            #expect(library["parked"] as? Int == 0)
            #expect(hub.stop() == 0)
        }
    }

    private func article(_ number: Int, in folder: URL) throws -> String {
        let file = folder.appending(path: "article-\(number).md")
        let text = "# Article \(number)\n\n" + String(repeating: "Words of it. ", count: 300)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private func start(_ process: Process) throws -> Process {
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }
}

/// A hub that is killed and started again in one folder, on one port.
private struct Hub {
    let key: String
    let claim: String
    private(set) var address = "127.0.0.1:0"
    private let data: String
    private let galleyd = Executable(name: "galleyd")
    private var running: Executable.Started?

    init(in folder: URL) throws {
        data = folder.appending(path: "hub").path
        let made = try galleyd.run([
            "init", "--data", data, "--listen", "127.0.0.1:0", "--json",
        ])
        let object = try JSONSerialization.jsonObject(with: Data(made.output.utf8))
        let fields = try #require(object as? [String: String])
        key = try #require(fields["hub_key"])
        claim = try #require(fields["claim_code"])
        try start()
    }

    /// Starts it where it was before; the first time on any free port.
    mutating func start() throws {
        let started = try galleyd.start(["run", "--data", data, "--listen", address])
        let line = try #require(started.readLine(), "the hub did not start")
        address = try #require(line.split(separator: " ").last.map(String.init))
        running = started
    }

    mutating func kill(afterMilliseconds delay: UInt32) {
        guard let process = running?.process else { return }
        usleep(delay * 1000)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        running = nil
    }

    mutating func stop() -> Int32? {
        running?.process.terminate()
        return running?.wait().status
    }

    /// What it says of its only library.
    func status() throws -> [String: Any]? {
        let result = try galleyd.run(["status", "--data", data, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let libraries = (object as? [String: Any])?["libraries"] as? [[String: Any]]
        return libraries?.first
    }
}
