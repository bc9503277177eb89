import ArticleModel
import Foundation
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import SyncServer

/// A hub's engine in this process as the other end of a client's connection, timed apart from it.
final class LoopbackHub: Transport {
    private let engine: HubEngine
    private var outgoing: [UInt8] = []
    /// What the hub took.
    private(set) var watch = Stopwatch()
    /// All the hub has sent, as far as it is kept.
    private(set) var sent: [[UInt8]] = []
    private(set) var byteCountSent = 0
    private(set) var byteCountReceived = 0
    private let keepsSent: Bool

    /// Serves `replica` to `device`; keeps what it sends where `keepsSent`.
    init(_ replica: Replica, key: PrivateKey, device: DeviceKey, keepsSent: Bool = false) {
        self.keepsSent = keepsSent
        engine = HubEngine(
            libraries: OneLibrary(replica),
            key: key,
            now: { 1_700_000_000_000 },
            checkSignatures: SignatureChecker().begin
        )
        engine.connect(1, device: device)
    }

    func send(_ bytes: [UInt8]) {
        byteCountReceived += bytes.count
        let effects = watch.measure { engine.receive(bytes, from: 1) }
        take(effects)
    }

    func receive() -> [UInt8] {
        // As a server does it: when no more bytes are waiting.
        while outgoing.isEmpty, engine.needsFlush { take(watch.measure { engine.flush() }) }
        defer { outgoing = [] }
        if keepsSent { sent.append(outgoing) }
        byteCountSent += outgoing.count
        return outgoing
    }

    private func take(_ effects: [HubEngine.Effect]) {
        for case .send(let bytes, _) in effects { outgoing += bytes }
    }
}

private final class OneLibrary: HubLibraries {
    private let replica: Replica

    init(_ replica: Replica) { self.replica = replica }

    func replica(of library: LibraryID) -> Replica? {
        library == replica.library ? replica : nil
    }

    func acceptsClaim(_ code: String) -> Bool { false }

    func register(
        _ library: LibraryID,
        claim code: String,
        records: [MembershipLog.Entry]
    ) -> Replica? { nil }
}
