import ArticleModel
import Dispatch
import Foundation
import Membership
import ReplicaStore
import Signing
import SyncEngine

/// How fast a hub takes what a client sends: every signature checked, durable, beside what its
/// cores verify when they do nothing else.
enum HubBenchmark {
    static func run(count: Int, in folder: URL) throws {
        let changes = try SmallChanges(count: count)
        let peer = try DeviceKey(changes.key.publicKey)
        let client = try changes.makeReplica(folder.appending(path: "client.db"))
        for start in stride(from: 0, to: count, by: 8_192) {
            let end = min(count, start + 8_192)
            let report = try client.receive(
                changes.incoming(start..<end),
                from: peer,
                verifying: .lastOfEachBranch
            )
            if let error = report.firstRefusal { throw error }
        }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let size = changes.byteCount / count
        print("\nA hub takes \(count) change sets of \(size) bytes; \(cores) cores")
        var table = Table([
            "round", "hub, a second", "bare, a second", "hub ÷ bare", "hub's cores busy",
        ])
        for round in 1...3 {
            let before = bareRate(changes)
            let hub = try changes.makeReplica(folder.appending(path: "hub\(round).db"))
            let link = LoopbackHub(hub, key: changes.hubKey, device: peer)
            let sync = ClientSync(client, with: try DeviceKey(changes.hubKey.publicKey))
            _ = try sync.run(over: link)
            guard try hub.hubHead().position == UInt64(count) else {
                throw Command.Failure(description: "not all change sets were taken")
            }
            let after = bareRate(changes)
            let rate = Double(count) / link.watch.seconds
            table.add([
                "\(round)", decimal(rate, 0), decimal((before + after) / 2, 0),
                decimal(rate / ((before + after) / 2)),
                decimal(link.watch.cpuSeconds / link.watch.seconds),
            ])
            // The next round sends all of it again.
            try client.rewindHubLog(to: 0)
        }
        table.print()
        print(
            "  bare: every signature once, keys made beforehand, all cores, right before and after"
        )
    }

    /// Signatures a second that all cores verify together.
    private static func bareRate(_ changes: SmallChanges) -> Double {
        let sample = changes.entries.prefix(20_000).map(\.verified.signed)
        let key = changes.key.publicKey
        let chunk = 256
        let watch = Stopwatch.time {
            DispatchQueue.concurrentPerform(iterations: (sample.count + chunk - 1) / chunk) {
                index in
                for signed in sample[(index * chunk)..<min(sample.count, (index + 1) * chunk)] {
                    _ = try? signed.verified(by: key)
                }
            }
        }
        return Double(sample.count) / watch.seconds
    }
}
