import Foundation
import Signing

/// A hub and machines on loopback, each with folders of its own, through the real programs.
final class Replicas {
    let folder: URL
    private var hub: Process?
    private(set) var hubPort: UInt16 = 0
    private var hubKey = ""
    private var claim = ""

    init(in folder: URL) { self.folder = folder }

    deinit { hub?.terminate() }

    /// The home of a machine.
    func home(of machine: String) -> URL { folder.appending(path: machine) }

    func command(for machine: String) -> Command {
        let home = home(of: machine).path
        return Command(environment: [
            "HOME": home, "XDG_DATA_HOME": "\(home)/data", "XDG_CONFIG_HOME": "\(home)/config",
            "XDG_STATE_HOME": "\(home)/state", "XDG_CACHE_HOME": "\(home)/cache",
            "XDG_RUNTIME_DIR": "\(home)/run", "NO_COLOR": "1",
        ])
    }

    @discardableResult
    func galley(_ machine: String, _ words: [String]) throws -> Command.Result {
        try command(for: machine).run(["galley"] + words)
    }

    private func json(_ text: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        guard let object = value as? [String: Any] else {
            throw Command.Failure(description: "no JSON object: \(text)")
        }
        return object
    }

    /// The hub's folder.
    var hubData: URL { folder.appending(path: "hub") }

    func startHub() throws {
        let data = hubData.path
        let made = try json(
            Command().run([
                "galleyd", "init", "--data", data, "--listen", "127.0.0.1:0", "--json",
            ]).output
        )
        guard let key = made["hub_key"] as? String, let code = made["claim_code"] as? String else {
            throw Command.Failure(description: "galleyd init gave no key or claim code")
        }
        hubKey = key
        claim = code
        try runHub()
    }

    /// Starts the hub's program, on another port than before perhaps.
    func runHub() throws {
        let data = hubData.path
        let (process, output) = try Command().start(["galleyd", "run", "--data", data])
        hub = process
        var line = ""
        while !line.hasSuffix("\n") {
            guard let byte = try output.read(upToCount: 1), !byte.isEmpty else { break }
            line += String(decoding: byte, as: UTF8.self)
        }
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        guard let port = UInt16(digits) else {
            throw Command.Failure(description: "galleyd run did not say its port: \(line)")
        }
        hubPort = port
    }

    /// Stops the hub's program, and waits until it has.
    func stopHub() {
        hub?.terminate()
        hub?.waitUntilExit()
        hub = nil
    }

    /// A code for one more library.
    func newClaim() throws -> String {
        let made = try json(
            Command().run(["galleyd", "claim", "--data", hubData.path, "--json"]).output
        )
        guard let code = made["claim_code"] as? String else {
            throw Command.Failure(description: "galleyd claim gave no code")
        }
        return code
    }

    /// The file of a machine's replica.
    func libraryFile(of machine: String) -> URL {
        home(of: machine).appending(path: "data/galley/library.sqlite3")
    }

    /// The key of a machine's device.
    func key(of machine: String) throws -> PrivateKey {
        let keys = home(of: machine).appending(path: "data/galley/keys")
        guard
            let name = try FileManager.default.contentsOfDirectory(atPath: keys.path)
                .first(where: { $0.hasSuffix(".pem") })
        else { throw Command.Failure(description: "there is no key in \(keys.path)") }
        return try PrivateKey(pem: Array(Data(contentsOf: keys.appending(path: name))))
    }

    func found(_ machine: String) throws {
        try galley(machine, ["init", "--user", "ada", "--device", machine])
    }

    /// Brings the library to the hub, with all it holds.
    func addHub(_ machine: String, port: UInt16) throws -> Command.Result {
        try galley(
            machine,
            ["remote", "add", "127.0.0.1:\(port)", "--key", hubKey, "--claim", claim]
        )
    }

    /// An invitation by `machine` for another user.
    func invitation(from machine: String, for user: String) throws -> String {
        let made = try json(galley(machine, ["invite", user, "--role", "editor", "--json"]).output)
        guard let text = made["invitation"] as? String else {
            throw Command.Failure(description: "invite gave no invitation")
        }
        return text
    }
}
