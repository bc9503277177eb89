import Foundation
import Glibc

/// A real hub whose settings let one machine connect as often as it likes.
final class ConnectionHub {
    private let data: String
    let key: String
    let claim: String
    private var process: Process?
    private(set) var port = 0

    init(in folder: URL, connections: Int) throws {
        data = folder.appending(path: "hub").path
        let made = try JSONSerialization.jsonObject(
            with: Data(
                Command().run([
                    "galleyd", "init", "--data", data, "--listen", "127.0.0.1:0", "--json",
                ]).output.utf8
            )
        )
        guard let fields = made as? [String: Any], let key = fields["hub_key"] as? String,
            let claim = fields["claim_code"] as? String
        else { throw Command.Failure(description: "galleyd init gave no key or claim code") }
        self.key = key
        self.claim = claim
        let settings = """
            listen = 127.0.0.1:0
            connections = \(connections + 100)
            connections-per-address = \(connections + 200)
            connections-per-device = \(connections + 200)
            handshakes-per-address = unlimited

            """
        try Data(settings.utf8).write(to: URL(filePath: data).appending(path: "hub.conf"))
        try start()
    }

    deinit { process?.terminate() }

    /// Starts it, where it listened before.
    func start() throws {
        let (process, output) = try Command().start([
            "galleyd", "run", "--data", data, "--listen", "127.0.0.1:\(port)", "--log-level",
            "error",
        ])
        self.process = process
        var line = ""
        while !line.hasSuffix("\n") {
            guard let byte = try output.read(upToCount: 1), !byte.isEmpty else { break }
            line += String(decoding: byte, as: UTF8.self)
        }
        guard let port = Int(line.split(separator: ":").last?.prefix { $0.isNumber } ?? "") else {
            throw Command.Failure(description: "galleyd run did not say its port: \(line)")
        }
        self.port = port
    }

    /// Kills it as a power cut would.
    func kill() {
        guard let process else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Bytes of memory it occupies.
    var residentByteCount: Int {
        let text = read("status")
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0) * 1024
    }

    /// Milliseconds of processor time it has used.
    var processorMilliseconds: Double {
        // The second field is the name in parentheses; user and system time are 12 and 13 after it.
        let fields = (read("stat").split(separator: ")").last ?? "").split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { return 0 }
        return (user + system) * 1000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func read(_ name: String) -> String {
        guard let process else { return "" }
        let file = "/proc/\(process.processIdentifier)/\(name)"
        return (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    }
}
