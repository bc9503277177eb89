import ArticleModel
import Foundation
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import Testing

/// A client and a hub with files of their own, copied from a scenario, and connections between
/// them that may be tampered with.
final class Session: HubLibraries {
    let scenario: Scenario
    private let folder: URL
    private(set) var client: Replica
    private var hub: Replica?
    private var claims: Set<String> = ["claim"]
    private var connectionCount: UInt64 = 0

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        folder = scenario.folder.deletingLastPathComponent()
            .appendingPathComponent("session-\(UUID().uuidString)")
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        let clientFile = folder.appendingPathComponent("client.sqlite")
        try files.copyItem(
            at: scenario.folder.appendingPathComponent("client.sqlite"),
            to: clientFile
        )
        client = try Replica(opening: clientFile.path)
        if scenario.hasHubFile {
            let hubFile = folder.appendingPathComponent("hub.sqlite")
            try files.copyItem(
                at: scenario.folder.appendingPathComponent("hub.sqlite"),
                to: hubFile
            )
            hub = try Replica(opening: hubFile.path)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    // MARK: What the hub serves

    func replica(of library: LibraryID) throws -> Replica? {
        guard let hub, hub.library == library else { return nil }
        return hub
    }

    func acceptsClaim(_ code: String) throws -> Bool { claims.contains(code) }

    func register(
        _ library: LibraryID,
        claim code: String,
        records: [MembershipLog.Entry]
    ) throws -> Replica? {
        guard claims.remove(code) != nil else { return nil }
        let path = folder.appendingPathComponent("hub.sqlite").path
        let replica = try Replica(creating: path, library: library)
        try replica.appendMembershipAsHub(records)
        hub = replica
        return replica
    }

    // MARK: Syncing

    /// Runs the session the scenario is about, or another.
    @discardableResult
    func run(
        _ purpose: ClientSync.Purpose? = nil,
        through wire: Wire = Wire()
    ) throws -> ClientSync.Report {
        try sync(client, as: scenario.key, purpose ?? self.purpose(), through: wire)
    }

    @discardableResult
    func sync(
        _ replica: Replica,
        as key: PrivateKey,
        _ purpose: ClientSync.Purpose = .sync,
        through wire: Wire = Wire()
    ) throws -> ClientSync.Report {
        connectionCount += 1
        // The hub's program is started anew each time: an engine that stayed would keep this alive.
        let engine = HubEngine(libraries: self, key: scenario.hubKey) { Scenario.time }
        wire.connect(engine, connectionCount, try DeviceKey(key.publicKey))
        defer { wire.disconnect() }
        return try ClientSync(replica, with: scenario.hub).run(purpose, over: wire)
    }

    /// What is still to be done of what the session is for.
    private func purpose() throws -> ClientSync.Purpose {
        let key = scenario.key
        switch scenario.purpose {
        case .sync:
            return .sync
        case .register:
            return hub == nil ? .register(claim: "claim") : .sync
        case .join(let invitation):
            if let log = try? client.membership(), log.role(of: try scenario.device) != nil {
                return .sync
            }
            return .join(invitation: try invitation.privateKey().publicKey.bytes) { log in
                try MembershipRecord.joining(
                    invitation,
                    in: log,
                    userName: "Ben",
                    deviceName: "tower",
                    timeMilliseconds: Scenario.time,
                    signedBy: key
                )
            }
        }
    }

    /// Another replica of the library, level with the hub, for a member with `key`.
    func otherClient(_ key: PrivateKey) throws -> Replica {
        let replica = try Replica(
            creating: folder.appendingPathComponent("other.sqlite").path,
            library: client.library
        )
        try replica.setRemote(hub: scenario.hub, address: "localhost:1")
        try sync(replica, as: key)
        return replica
    }

    /// The states of both sides; they are equal when all is done.
    func states() throws -> States {
        States(
            client: try client.stateHash(),
            hub: try hub?.stateHash(),
            unplacedCount: try client.unplacedCount(),
            entryCount: try hub.map { try Int($0.hubHead().position) } ?? 0
        )
    }

    struct States: Equatable {
        let client: [UInt8]
        let hub: [UInt8]?
        let unplacedCount: Int
        let entryCount: Int
    }

    /// Closes the files and keeps them as those of the next scenario.
    func end(keepingHubAt place: URL, clientToo: Bool = false) throws {
        let names = clientToo ? ["hub.sqlite", "client.sqlite"] : ["hub.sqlite"]
        // The last connection to a file puts all into it that lies beside it.
        hub = nil
        client = try Replica(
            creating: folder.appendingPathComponent("empty.sqlite").path,
            library: client.library
        )
        for name in names {
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent(name),
                to: place.appendingPathComponent(name)
            )
        }
    }
}
