import ArticleModel
import Foundation
import Signing
import Sockets

/// What idle live connections cost a hub, and how soon all are back when it was killed.
enum ConnectionBenchmark {
    private static let idleSeconds = 30.0

    static func run(_ count: Int, in folder: URL) throws {
        OpenFileLimit.raise()
        let hub = try ConnectionHub(in: folder, connections: count)
        let (key, library) = try member(of: hub, in: folder)
        let empty = hub.residentByteCount
        let crowd = try ConnectionCrowd(count, hub: hub, key: key, library: library)
        let connecting = time(crowd, count) { crowd.run(seconds: 300, untilAllLive: true) }
        crowd.run(seconds: 2, untilAllLive: false)
        let full = hub.residentByteCount
        let before = hub.processorMilliseconds
        crowd.run(seconds: idleSeconds, untilAllLive: false)
        let idle = (hub.processorMilliseconds - before) / (idleSeconds * 1000)
        let still = crowd.liveCount
        hub.kill()
        let back = try time(crowd, count) {
            crowd.run(seconds: 0.2, untilAllLive: false)
            try hub.start()
            crowd.run(seconds: 300, untilAllLive: true)
        }
        let after = hub.residentByteCount
        print("\n\(count) live TLS connections to one hub over loopback, both on this machine")
        var table = Table(["what", "figure", "aim"])
        table.add(["all connected and greeted (s)", decimal(connecting, 1), ""])
        table.add(["memory of the hub without connections (MiB)", mebibytes(empty), ""])
        table.add(["memory of the hub with them (MiB)", mebibytes(full), "400 at 10,000"])
        table.add([
            "memory a connection (KiB)", decimal(Double(full - empty) / Double(count) / 1024, 1),
            "",
        ])
        table.add(["processor while idle, with heartbeats (%)", decimal(idle * 100, 2), "3"])
        table.add(["still live after \(Int(idleSeconds)) s", String(still), String(count)])
        table.add(["all back after kill -9 and a new start (s)", decimal(back, 1), "15 at 10,000"])
        table.add(["memory of the new process (MiB)", mebibytes(after), ""])
        table.print()
    }

    private static func time(
        _ crowd: ConnectionCrowd,
        _ count: Int,
        _ body: () throws -> Void
    ) rethrows -> Double {
        let start = ProcessInfo.processInfo.systemUptime
        try body()
        if crowd.liveCount < count {
            Program.complain("only \(crowd.liveCount) of \(count) connections are live")
        }
        return ProcessInfo.processInfo.systemUptime - start
    }

    private static func mebibytes(_ count: Int) -> String { decimal(Double(count) / 1_048_576, 1) }

    /// A device of a library that is registered at the hub.
    private static func member(
        of hub: ConnectionHub,
        in folder: URL
    ) throws -> (PrivateKey, LibraryID) {
        let machine = Replicas(in: folder)
        try machine.found("laptop")
        try machine.galley(
            "laptop",
            ["remote", "add", "127.0.0.1:\(hub.port)", "--key", hub.key, "--claim", hub.claim]
        )
        let output = try machine.galley("laptop", ["status", "--json"]).output
        let status = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        guard let text = status?["library"] as? String,
            let library = [UInt8](hexadecimal: text).flatMap({ LibraryID($0) })
        else { throw Command.Failure(description: "galley status names no library: \(output)") }
        let files = FileManager.default.enumerator(
            at: machine.home(of: "laptop"),
            includingPropertiesForKeys: nil
        )
        for case let file as URL in files ?? FileManager.DirectoryEnumerator() {
            guard let bytes = try? Data(contentsOf: file), bytes.count < 10_000,
                let key = try? PrivateKey(pem: [UInt8](bytes))
            else { continue }
            return (key, library)
        }
        throw Command.Failure(description: "there is no device key")
    }
}
