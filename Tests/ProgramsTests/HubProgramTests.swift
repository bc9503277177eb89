import Foundation
import Signing
import Sockets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `The program galleyd` {
    private let place: TemporaryFolder
    private let hub: String
    private let galleyd = Executable(name: "galleyd")

    init() throws {
        place = try TemporaryFolder()
        hub = place.file("hub")
    }

    private func initialize() throws -> [String: String] {
        let result = try galleyd.run([
            "init", "--data", hub, "--listen", "127.0.0.1:0", "--json",
        ])
        #expect(result.status == 0, "\(result.error)")
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        return try #require(object as? [String: String])
    }

    private func port(of started: Executable.Started) throws -> Int {
        let line = try #require(started.readLine())
        #expect(line.hasPrefix("listening on 127.0.0.1:"))
        return try #require(line.split(separator: ":").last.flatMap { Int($0) })
    }

    @Test func `says its version and its help, and refuses what it does not know`() throws {
        let version = try galleyd.run(["--version"])
        #expect(version.status == 0)
        #expect(version.output.hasPrefix("galleyd "))
        let help = try galleyd.run(["help", "run"])
        #expect(help.status == 0)
        #expect(help.output.contains("--port-file PATH"))
        for words in [["rnu"], [], ["run", "--lsten", "x"], ["run", "--log-level", "loud"]] {
            let wrong = try galleyd.run(words)
            #expect(wrong.status == 2)
            #expect(wrong.output.isEmpty)
            #expect(wrong.error.contains("Usage: galleyd"))
        }
    }

    @Test func `makes a hub once, and says where there is none`() throws {
        let made = try initialize()
        #expect(made["hub_key"]?.count == 64)
        #expect(made["claim_code"]?.count == 19)
        #expect(made["data"] == hub)
        let again = try galleyd.run(["init", "--data", hub])
        #expect(again.status == 1)
        #expect(again.error.contains("already"))
        let claim = try galleyd.run(["claim", "--data", hub])
        #expect(claim.status == 0)
        #expect(claim.output != made["claim_code"])
        for command in ["run", "status", "claim"] {
            let nowhere = try galleyd.run([command, "--data", place.file("nowhere")])
            #expect(nowhere.status == 3)
            #expect(nowhere.error.contains("galleyd init"))
        }
        #expect(try galleyd.run(["init", "--data", hub, "--listen", "x:y"]).status == 2)
    }

    @Test func `serves, shows it, lets no second one in, and ends well on SIGTERM`() throws {
        let made = try initialize()
        let portFile = place.file("port")
        let server = try galleyd.start(["run", "--data", hub, "--port-file", portFile])
        let port = try port(of: server)
        let written = try String(contentsOfFile: portFile, encoding: .utf8)
        #expect(written == "\(port)\n")

        let status = try galleyd.run(["status", "--data", hub, "--json"])
        #expect(status.status == 0)
        let object = try JSONSerialization.jsonObject(with: Data(status.output.utf8))
        let fields = try #require(object as? [String: Any])
        #expect(fields["running"] as? Bool == true)
        #expect(fields["address"] as? String == "127.0.0.1:\(port)")
        #expect(fields["hub_key"] as? String == made["hub_key"])

        #expect(try galleyd.run(["run", "--data", hub]).status == 9)
        let other = place.file("other")
        _ = try galleyd.run(["init", "--data", other])
        let taken = try galleyd.run(["run", "--data", other, "--listen", "127.0.0.1:\(port)"])
        #expect(taken.status == 5)
        #expect(taken.error.contains("127.0.0.1:\(port)"))

        // A client that is connected is taken leave of, and does not hold the end up.
        let key = try #require(made["hub_key"].flatMap { bytes(hexadecimal: $0) })
        let client = try TLSClientConnection(
            host: "127.0.0.1",
            port: port,
            key: .generate(),
            pinnedHubKey: key,
            timeoutMilliseconds: 30_000
        )
        server.process.terminate()
        while try !client.receive().isEmpty {}
        client.close()
        let ended = server.wait()
        #expect(ended.status == 0)
        #expect(server.process.terminationReason == .exit)
        #expect(ended.error.contains("event=stopped"))
        let after = try galleyd.run(["status", "--data", hub])
        #expect(after.output.contains("running        no"))
    }

    private func bytes(hexadecimal text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            result.append(byte)
            rest = rest.dropFirst(2)
        }
        return result
    }
}
