import ArticleModel
import Files
import Signing
import Sockets
import SyncServer
import TestSupport
import Testing

@Suite struct `A hub's folder` {
    private let place: TemporaryFolder
    private let settings = HubSettings(
        listen: HostPort(host: "127.0.0.1", port: 0),
        address: HostPort(host: "hub.example", port: 4481)
    )

    init() throws { place = try TemporaryFolder() }

    private func make() throws -> HubFolder {
        try HubFolder.create(at: place.file("a/hub"), settings: settings, key: .generate())
    }

    private func code(_ body: () throws -> Void) -> ServerError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ServerError)?.code
        }
    }

    @Test func `keeps key and settings, and is never made twice`() throws {
        let key = PrivateKey.generate()
        let folder = try HubFolder.create(at: place.file("hub"), settings: settings, key: key)
        #expect(try folder.key().seed == key.seed)
        #expect(try folder.settings() == settings)
        #expect(FileSystem.permissions(of: place.file("hub/hub.key")) == 0o600)
        #expect(
            code {
                _ = try HubFolder.create(
                    at: folder.path,
                    settings: settings,
                    key: .generate()
                )
            } == .exists
        )
        #expect(try folder.key().seed == key.seed)
    }

    @Test func `without a hub in it is said to be so`() throws {
        #expect(code { _ = try HubFolder(place.file("none")).key() } == .missing)
        #expect(code { _ = try HubFolder(place.file("none")).status() } == .missing)
    }

    @Test func `with a key that others may read, or that is damaged, is refused`() throws {
        let folder = try make()
        let path = place.file("a/hub/hub.key")
        try FileSystem.write(try FileSystem.read(path, limit: 1000), to: path, mode: 0o644)
        #expect(code { _ = try folder.key() } == .notPermitted)
        try FileSystem.write(Array("-----BEGIN NONSENSE-----".utf8), to: path, mode: 0o600)
        #expect(code { _ = try folder.key() } == .damaged)
    }

    @Test(arguments: [
        "", "listen 127.0.0.1:1", "listen = nowhere:x", "liste = *:1", "address = hub:1",
        "listen = *:1\nlisten = [::1", "listen =",
    ])
    func `with settings that say nothing sensible names file and line`(_ text: String) throws {
        let folder = try make()
        let path = place.file("a/hub/hub.conf")
        try FileSystem.write(Array(text.utf8), to: path)
        let error = try #require(throws: ServerError.self) { try folder.settings() }
        #expect(error.code == .badSetting)
        #expect(error.message.contains(path))
    }

    @Test func `takes settings with comments and space`() throws {
        let folder = try make()
        try FileSystem.write(
            Array("# a hub\n\n  listen=[::1]:7  # here\r\n".utf8),
            to: place.file("a/hub/hub.conf")
        )
        #expect(try folder.settings() == HubSettings(listen: HostPort(host: "::1", port: 7)))
    }

    @Test func `makes claim codes that differ and counts them`() throws {
        let folder = try make()
        let codes = try (0..<50).map { _ in try folder.addClaim().text }
        #expect(Set(codes).count == 50)
        #expect(codes.allSatisfy { $0.utf8.count == 19 })
        #expect(try folder.status().claimCount == 50)
        #expect(try folder.status().libraries.isEmpty)
    }

    @Test func `with a damaged library still shows the rest`() throws {
        let folder = try make()
        let id = try #require(LibraryID([UInt8](repeating: 7, count: 32)))
        try FileSystem.write(Array("no database".utf8), to: folder.replicaPath(of: id))
        let status = try folder.status()
        #expect(status.libraries.count == 1)
        #expect(throws: ServerError.self) { try status.libraries.first?.get() }
    }
}
