import ArticleModel
import Foundation
import Membership
import ReplicaStore
import Signing
import SyncEngine

/// What a sync costs that finds nothing to do, by the size of the library and by how many there are.
enum IdleBenchmark {
    static func run(largest: Int, in folder: URL) throws {
        let replicas = Replicas(in: folder)
        try replicas.startHub()
        try replicas.found("laptop")
        _ = try replicas.addHub("laptop", port: replicas.hubPort)
        let hub = try hubKey(replicas)
        var table = Table(["nothing to do", "ms (median of 21)", "bytes up", "bytes down", "turns"])
        let bare = try measure(proxyTo: replicas.hubPort) { port in
            let key = try replicas.key(of: "laptop")
            return try milliseconds {
                try TLSLink(port: port, hub: hub, key: key).connection.close()
            }
        }
        table.add(bare.row("baseline: the TLS handshake alone, both sides proven"))
        var size = 0
        for wanted in Set([10_000, largest]).sorted() {
            let caught = try grow(replicas, by: wanted - size)
            size = wanted
            print(
                "\(wanted) change sets: galley sync took \(decimal(caught, 1)) s to catch up and derive"
            )
            let figures = try measure(proxyTo: replicas.hubPort) { port in
                try point("laptop", of: replicas, to: port)
                return try replicas.galley("laptop", ["sync"]).milliseconds
            }
            table.add(figures.row("galley sync, \(wanted) change sets"))
        }
        for count in [1, 2, 9] {
            let figures = try several(count, replicas, hub)
            table.add(figures.row("\(count) libraries on one connection"))
        }
        print(
            "\nA sync that finds nothing to do, over TLS 1.3 to the hub's program, through a proxy"
        )
        table.print()
        print("  two turns are a round trip; the handshake's are among them")
    }

    private struct Figures {
        let milliseconds: Double
        let count: CountingProxy.Count

        func row(_ name: String) -> [String] {
            [
                name, decimal(milliseconds, 1), "\(count.up)", "\(count.down)",
                "\(count.turns)",
            ]
        }
    }

    private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        try Stopwatch.time(body).seconds * 1_000
    }

    private static func measure(
        proxyTo port: UInt16,
        _ once: (UInt16) throws -> Double
    ) throws -> Figures {
        let proxy = try CountingProxy(to: port)
        var times: [Double] = []
        var count = CountingProxy.Count()
        for _ in 0..<21 {
            _ = proxy.take()
            times.append(try once(proxy.port))
            // The last bytes, of leave-taking, may still be under way.
            usleep(20_000)
            count = proxy.take()
        }
        return Figures(milliseconds: median(times), count: count)
    }

    private static func hubKey(_ replicas: Replicas) throws -> DeviceKey {
        let replica = try Replica(opening: replicas.libraryFile(of: "laptop").path)
        guard let hub = try replica.remotes().first?.hub else {
            throw Command.Failure(description: "the laptop follows no hub")
        }
        return hub
    }

    private static func point(_ machine: String, of replicas: Replicas, to port: UInt16) throws {
        let replica = try Replica(opening: replicas.libraryFile(of: machine).path)
        guard let hub = try replica.remotes().first?.hub else { return }
        try replica.setRemote(hub: hub, address: "127.0.0.1:\(port)")
    }

    /// Puts change sets into the hub's replica while it rests; the seconds that `galley sync` then
    /// takes to fetch them.
    private static func grow(_ replicas: Replicas, by count: Int) throws -> Double {
        guard count > 0 else { return 0 }
        replicas.stopHub()
        let libraries = replicas.hubData.appending(path: "libraries")
        guard
            let name = try FileManager.default.contentsOfDirectory(atPath: libraries.path)
                .first(where: { $0.hasSuffix(".sqlite3") })
        else { throw Command.Failure(description: "the hub has no library") }
        do {
            let hub = try Replica(opening: libraries.appending(path: name).path)
            let key = try replicas.key(of: "laptop")
            let peer = try DeviceKey(key.publicKey)
            // In parts: all at once would fill memory.
            for start in stride(from: 0, to: count, by: 100_000) {
                let changes = try SmallChanges(
                    count: min(100_000, count - start),
                    in: hub.membership(),
                    key: key
                )
                for part in stride(from: 0, to: changes.entries.count, by: 8_192) {
                    let end = min(changes.entries.count, part + 8_192)
                    _ = try hub.receiveAsHub(changes.incoming(part..<end), from: peer)
                }
            }
        }
        try replicas.runHub()
        try point("laptop", of: replicas, to: replicas.hubPort)
        return try replicas.galley("laptop", ["sync"]).milliseconds / 1_000
    }

    /// Sessions of several libraries on one connection, all of them at rest.
    private static func several(
        _ count: Int,
        _ replicas: Replicas,
        _ hub: DeviceKey
    ) throws -> Figures {
        let key = PrivateKey.generate()
        var libraries: [Replica] = []
        for number in 0..<count {
            let replica = try library(number, of: count, key, hub, replicas.folder)
            let link = try TLSLink(port: replicas.hubPort, hub: hub, key: key)
            _ = try ClientSync(replica, with: hub)
                .run(.register(claim: replicas.newClaim()), over: link)
            link.connection.close()
            libraries.append(replica)
        }
        return try measure(proxyTo: replicas.hubPort) { port in
            try milliseconds {
                let link = try TLSLink(port: port, hub: hub, key: key)
                let engine = ClientEngine(hub: hub)
                var effects = engine.open(libraries.map { ($0, ClientSync.Purpose.sync) })
                var isOver = false
                while true {
                    for effect in effects {
                        switch effect {
                        case .send(let bytes): try link.send(bytes)
                        case .close: isOver = true
                        case .ended(_, .failure(let error)): throw error
                        case .ended, .progressed: break
                        }
                    }
                    guard !isOver else { break }
                    effects = engine.receive(try link.receive())
                }
                link.connection.close()
            }
        }
    }

    private static func library(
        _ number: Int,
        of count: Int,
        _ key: PrivateKey,
        _ hub: DeviceKey,
        _ folder: URL
    ) throws -> Replica {
        guard let nonce = Identifier32<GenesisNonceTag>((0..<32).map { _ in .random(in: 0...255) })
        else { throw Command.Failure(description: "no nonce") }
        let genesis = Genesis(
            nonce: nonce,
            libraryName: "Library \(number)",
            userName: "ada",
            deviceName: "laptop"
        )
        var log = try MembershipLog(
            genesis: .genesis(genesis, timeMilliseconds: 1, signedBy: key)
        )
        try log.append(
            .next(
                in: log,
                .hubSet(HubSet(keys: [hub], address: "127.0.0.1:1")),
                timeMilliseconds: 2,
                signedBy: key
            ),
            receipt: nil
        )
        let path = folder.appending(path: "several-\(count)-\(number).db").path
        let replica = try Replica(creating: path, library: log.library)
        try replica.appendMembership(log.entries)
        try replica.setRemote(hub: hub, address: "127.0.0.1:1")
        return replica
    }
}
