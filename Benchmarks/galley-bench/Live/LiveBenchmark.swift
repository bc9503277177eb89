import ArticleModel
import Foundation
import ReplicaStore
import Signing
import SyncEngine

/// How long a change takes from the one who makes it to all who follow the library live.
enum LiveBenchmark {
    private static let machineCount = 4
    private static let changeCount = 200

    static func run(subscribers count: Int, in folder: URL) throws {
        let replicas = Replicas(in: folder)
        try replicas.startHub()
        try replicas.found("laptop")
        _ = try replicas.addHub("laptop", port: replicas.hubPort)
        var machines: [(key: PrivateKey, file: URL)] = []
        for number in 0..<machineCount {
            let invitation = try replicas.invitation(from: "laptop", for: "reader\(number)")
            try replicas.galley("m\(number)", ["join", invitation, "--device", "m\(number)"])
            machines.append(
                (try replicas.key(of: "m\(number)"), replicas.libraryFile(of: "m\(number)"))
            )
        }
        try replicas.galley("laptop", ["sync"])
        let publisher = try Publisher(replicas)
        // A hundred machines have a hundred disks: their replicas lie in memory where there is some.
        let memory = URL(filePath: "/dev/shm/\(folder.lastPathComponent)")
        let place =
            (try? FileManager.default.createDirectory(at: memory, withIntermediateDirectories: true))
            .map { memory } ?? folder
        defer { try? FileManager.default.removeItem(at: memory) }
        let subscribers = try (0..<count).map { number in
            let machine = machines[number % machineCount]
            let file = place.appending(path: "subscriber\(number).db")
            try FileManager.default.copyItem(at: machine.file, to: file)
            return Subscriber(file, machine.key, hub: publisher.hub, port: replicas.hubPort)
        }
        for subscriber in subscribers { subscriber.start() }
        for subscriber in subscribers { try subscriber.waitUntilLevel() }
        var made: [Double] = []
        for number in 0..<changeCount {
            made.append(monotonicSeconds())
            try publisher.publish(number)
            usleep(30_000)
        }
        for subscriber in subscribers { try subscriber.wait(forCount: changeCount) }
        var arrived: [Double] = []
        var stored: [Double] = []
        for subscriber in subscribers {
            for (index, times) in subscriber.times.prefix(changeCount).enumerated() {
                arrived.append((times.arrived - made[index]) * 1_000)
                stored.append((times.stored - made[index]) * 1_000)
            }
            subscriber.stop()
        }
        let bare = try FanOut.measure(receivers: count, changes: changeCount, in: folder)
        print(
            "\n\(changeCount) changes to \(count) live subscribers: signed, durable where made, durable at"
                + " the hub's program, sent on over TLS"
        )
        var table = Table(["milliseconds from the change", "p50", "p90", "p99", "most"])
        func add(_ name: String, _ values: [Double]) {
            let sorted = values.sorted()
            func at(_ part: Double) -> String {
                decimal(sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))], 1)
            }
            table.add([name, at(0.5), at(0.9), at(0.99), at(1)])
        }
        add("arrived at the subscriber", arrived)
        add("verified and in the subscriber's log", stored)
        add("baseline: two waits for the disk, then \(count) plain sockets", bare)
        table.print()
        print(
            "  hub, publisher and all subscribers on \(ProcessInfo.processInfo.activeProcessorCount) cores"
        )
    }
}

func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Who makes the changes: a machine's replica, live.
private final class Publisher {
    let hub: DeviceKey
    private let replica: Replica
    private let signer: Signer
    private let link: TLSLink
    private let engine: ClientEngine
    private let article: ArticleID
    private var isLevel = false
    private var sentCount = 0

    init(_ replicas: Replicas) throws {
        let key = try replicas.key(of: "laptop")
        replica = try Replica(opening: replicas.libraryFile(of: "laptop").path)
        guard let hub = try replica.remotes().first?.hub else {
            throw Command.Failure(description: "the laptop follows no hub")
        }
        self.hub = hub
        signer = Signer(
            key: key,
            machine: [],
            anchors: LiveAnchor(),
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
        )
        let seed = Seed(
            nonce: nil,
            fields: [.init(.title, .text("Live"))],
            summary: "",
            body: "It begins.",
            provenance: nil
        )
        let result = try replica.commit([.seed(seed)], as: signer, now: 1_750_000_000_000)
        guard let article = result.articles.first else {
            throw Command.Failure(description: "the article was not made")
        }
        self.article = article
        link = try TLSLink(port: replicas.hubPort, hub: hub, key: key)
        var options = ClientEngine.Options()
        options.isLive = true
        engine = ClientEngine(hub: hub, options: options)
        try perform(engine.open(replica))
        while !isLevel { try perform(engine.receive(link.receive())) }
    }

    /// Makes a change and waits until the hub has acknowledged it.
    func publish(_ number: Int) throws {
        let text = ScalarText("Word \(number) ") ?? ""
        try replica.commit(
            [.edit(article, [.insert(.body, position: 0, text: text)])],
            as: signer,
            now: 1_750_000_000_000 + Int64(number)
        )
        let before = sentCount
        try perform(engine.localChanged())
        while sentCount == before { try perform(engine.receive(link.receive())) }
    }

    private func perform(_ effects: [ClientEngine.Effect]) throws {
        for effect in effects {
            switch effect {
            case .send(let bytes): try link.send(bytes)
            case .progressed(_, let progress):
                sentCount += progress.sentCount
                if progress.isLevel { isLevel = true }
            case .ended(_, .failure(let error)): throw error
            case .ended, .close: throw Command.Failure(description: "the session ended")
            }
        }
    }
}

private final class LiveAnchor: ChainAnchorStore {
    private var anchor: ChainAnchor?
    func load() -> ChainAnchor? { anchor }
    func advance(to anchor: ChainAnchor) { self.anchor = anchor }
}
