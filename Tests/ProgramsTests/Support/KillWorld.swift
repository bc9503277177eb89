import Foundation
import TestSupport
import Testing

/// A hub and machines under load of which any process may be killed at any moment.
///
/// Two machines sync by hand, the third is live. The world remembers what each was told, so that
/// it can be held to it.
final class KillWorld {
    private let folder: URL
    private let hub: TestHub
    private let machines: [Machine]
    /// The last of the machines, whose `sync --watch` runs all the time.
    private var live: Machine { machines[machines.count - 1] }
    private var watcher: Process?
    private var random: SeededRandom
    private var articleCount = 0
    /// Articles that were said to be saved, by their ids.
    private var saved: Set<String> = []
    /// The most that the hub was ever seen to have.
    private var hubPosition: Int64 = 0
    private(set) var killCount = 0
    private(set) var killedHubCount = 0

    init(in folder: URL, seed: UInt64) throws {
        self.folder = folder
        random = SeededRandom(seed: seed)
        hub = try TestHub(in: folder)
        let owner = try hub.registeredMachine(in: folder)
        var machines = [owner]
        for name in ["tower", "pad"] {
            let machine = try Machine(named: name, in: folder)
            let invitation = folder.appending(path: "\(name).invite").path
            try owner.succeed("device", "add", name, "--output", invitation)
            try machine.succeed("join", "--invite", invitation)
            machines.append(machine)
        }
        self.machines = machines
    }

    deinit {
        if let watcher, watcher.isRunning { kill(watcher.processIdentifier, SIGKILL) }
    }

    private var hubFile: ReplicaFile {
        get throws {
            let libraries = hub.folder.appending(path: "libraries")
            let names = try FileManager.default.contentsOfDirectory(atPath: libraries.path)
            let name = try #require(names.first { $0.hasSuffix(".sqlite3") })
            return ReplicaFile(path: libraries.appending(path: name).path)
        }
    }

    /// Makes work, lets all sync at once, and kills some of them on the way.
    func killSome() throws {
        if watcher?.isRunning != true { watcher = try start(live, "sync", "--watch") }
        for machine in machines where !random.oneIn(4) { try work(on: machine) }
        var syncing = try machines.dropLast().map { try start($0, "sync") }
        // Waits for nothing but the time: no descriptor is given.
        poll(nil, 0, Int32(random.below(random.oneIn(3) ? 200 : 50)))
        if random.oneIn(2), let process = hub.process { try killNow(process, isHub: true) }
        for process in syncing where random.oneIn(3) { try killNow(process) }
        if let watcher, random.oneIn(4) { try killNow(watcher) }
        for process in syncing { process.waitUntilExit() }
        syncing = []
        try check()
        if hub.process?.isRunning != true { try hub.start() }
    }

    private func killNow(_ process: Process, isHub: Bool = false) throws {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        guard process.terminationReason == .uncaughtSignal else { return }
        killCount += 1
        if isHub { killedHubCount += 1 }
    }

    private func work(on machine: Machine) throws {
        var words = ["import", "--ndjson"]
        for _ in 0...random.below(4) {
            articleCount += 1
            let file = folder.appending(path: "article-\(articleCount).md")
            let text = "# Article \(articleCount)\n\n"
            let body = String(repeating: "Words of it. ", count: 20 + random.below(400))
            try Data((text + body).utf8).write(to: file)
            words.append(file.path)
        }
        let outcome = try machine.run(Program.galley, words, input: nil)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let parts = outcome.output.components(separatedBy: "\"id\":\"").dropFirst()
        saved.formUnion(parts.map { String($0.prefix { $0 != "\"" }) })
    }

    /// What holds at every moment, whoever was killed: files are sound, the hub has all it ever
    /// acknowledged, and every replica has followed the hub's own log.
    private func check() throws {
        let hubFile = try hubFile
        // Looked at before the hub: the live machine goes on meanwhile.
        let positions = try machines.map { try ReplicaFile(path: $0.library.path).position() }
        let position = try hubFile.position()
        #expect(position >= hubPosition, "the hub has lost entries")
        hubPosition = position
        for (machine, reached) in zip(machines, positions) {
            let file = ReplicaFile(path: machine.library.path)
            try file.checkIntegrity()
            #expect(reached <= position, "a replica has entries the hub acknowledged and lost")
            guard reached > 0 else { continue }
            #expect(try file.accumulator(at: reached) == hubFile.accumulator(at: reached))
        }
        try hubFile.checkIntegrity()
    }

    /// Lets all sync undisturbed: nothing is lost, nothing is twice, all are the same.
    func settle() throws {
        if watcher?.isRunning != true { watcher = try start(live, "sync", "--watch") }
        // Twice: the second time each takes what the others had to say.
        for _ in 0..<2 {
            try waitForLive()
            for machine in machines.dropLast() { try machine.succeed("sync") }
        }
        try waitForLive()
        // It has the replica open, and derives what others read in its own time.
        watcher?.terminate()
        watcher?.waitUntilExit()
        let expected = try #require(try hub.stateHash())
        for machine in machines {
            #expect(try machine.stateHash() == expected)
            try machine.succeed("verify")
            try machine.succeed("doctor")
        }
        let listed = try machines[0].succeed("list", "--json").output
        let ids = listed.components(separatedBy: "\"id\":\"").dropFirst()
        let missing = saved.subtracting(ids.map { String($0.prefix { $0 != "\"" }) })
        #expect(missing.isEmpty, "articles that were saved are gone")
        try checkSequences()
    }

    /// Whoever is live becomes level by itself, however often it was cut off.
    private func waitForLive() throws {
        let file = ReplicaFile(path: live.library.path)
        let deadline = ContinuousClock.now + .seconds(60)
        while try file.position() < hubFile.position() || file.unplacedCount() > 0 {
            try #require(ContinuousClock.now < deadline, "the live replica does not come level")
            try #require(watcher?.isRunning == true, "sync --watch has ended")
            poll(nil, 0, 20)
        }
    }

    /// No place in a chain was ever given to two entries, on any machine.
    private func checkSequences() throws {
        var all = try hubFile.entries()
        for machine in machines {
            for (place, ids) in try ReplicaFile(path: machine.library.path).entries() {
                all[place, default: []].formUnion(ids)
            }
        }
        let reused = all.filter { $0.value.count > 1 }
        #expect(reused.isEmpty, "a sequence number was used twice")
    }

    private func start(_ machine: Machine, _ words: String...) throws -> Process {
        let process = machine.process(Program.galley, words)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }
}
