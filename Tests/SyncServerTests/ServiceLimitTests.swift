import Files
import Signing
import Sockets
import SyncEngine
import SyncServer
import TestSupport
import Testing

@Suite struct `A hub's settings say what it grants` {
    private func settings(_ lines: String...) throws -> HubSettings {
        let place = try TemporaryFolder()
        let folder = try HubFolder.create(
            at: place.file("hub"),
            settings: HubSettings(listen: HostPort(host: "127.0.0.1", port: 0)),
            key: .generate()
        )
        let text = (["listen = 127.0.0.1:0"] + lines).joined(separator: "\n")
        try FileSystem.write(Array(text.utf8), to: "\(folder.path)/hub.conf")
        return try folder.settings()
    }

    @Test func `the usual, where they say nothing`() throws {
        #expect(try settings().limits == ServiceLimits())
    }

    @Test func `each of them, as it is shown`() throws {
        var limits = ServiceLimits()
        limits.connectionCount = 20
        limits.addressConnectionCount = 7
        limits.deviceConnectionCount = 3
        limits.addressHandshakes = Rate(burst: 5, perSecond: 2)
        limits.deviceEntries = nil
        limits.deviceBytes = Rate(burst: 3 << 20, perSecond: 1000)
        limits.storedEntries = 1_000_000
        limits.storedBytes = 5 << 30
        limits.memory = 64 << 20
        let lines = limits.settings.map { "\($0.name) = \($0.value)" }
        #expect(lines.contains("handshakes-per-address = 5 + 2/s"))
        #expect(lines.contains("changes-per-device = unlimited"))
        #expect(lines.contains("bytes-per-device = 3 MiB + 1000/s"))
        #expect(lines.contains("stored-bytes-per-device = 5 GiB"))
        #expect(try settings(lines.joined(separator: "\n")).limits == limits)
    }

    @Test(arguments: [
        "connections = 0", "connections = many", "connections = -1", "memory = 5",
        "changes-per-device = 5", "changes-per-device = 5 + 5", "changes-per-device = 0 + 1/s",
        "bytes-per-device = 1 TiB + 1/s", "stored-bytes-per-device = 99999999999999999999",
        "memory = unlimited", "conections = 5", "stored-changes-per-device =",
    ])
    func `and what is none is named with its line`(_ line: String) throws {
        let error = try #require(throws: ServerError.self) { try settings(line) }
        #expect(error.code == .badSetting)
        #expect(error.message.contains("line 2"))
    }

    @Test func `a new hub's file shows them all`() throws {
        let place = try TemporaryFolder()
        var settings = HubSettings(listen: HostPort(host: "127.0.0.1", port: 0))
        settings.limits.connectionCount = 5
        let folder = try HubFolder.create(
            at: place.file("hub"),
            settings: settings,
            key: .generate()
        )
        let bytes = try FileSystem.read("\(folder.path)/hub.conf", limit: 10_000)
        let text = String(decoding: bytes, as: UTF8.self)
        for (name, value) in settings.limits.settings {
            #expect(text.contains("\(name) = \(value)"))
        }
        #expect(text.contains("\nconnections = 5"))
        #expect(text.contains("\n# memory"))
        #expect(try folder.settings() == settings)
    }
}
