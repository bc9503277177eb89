import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport

/// A session between two clients about one library: both ends of it.
final class PeerLink {
    let wire: Wire
    let library: Int
    /// The end that made the connection, and the other.
    let caller: PeerEngine
    let answerer: PeerEngine
    /// The last record of members that both knew when they began.
    let membership: UInt64

    init(
        _ wire: Wire,
        _ library: Int,
        _ membership: UInt64,
        caller: PeerEngine,
        answerer: PeerEngine
    ) {
        self.wire = wire
        self.library = library
        self.membership = membership
        self.caller = caller
        self.answerer = answerer
    }
}

extension World {
    /// Two clients with a direct link connect.
    func connectToPeer() throws {
        guard let (one, other) = random.pick(directLinks) else { return }
        let (caller, answerer) = random.oneIn(2) ? (one, other) : (other, one)
        try connect(caller, to: answerer)
    }

    /// A client connects to another about some library of both.
    func connect(_ caller: Client, to answerer: Client) throws {
        guard caller.isUp, answerer.isUp, !caller.isPartitioned, !answerer.isPartitioned,
            let number = random.pick(caller.libraries.filter { answerer.replicas[$0] != nil }),
            let ours = caller.replicas[number], let theirs = answerer.replicas[number]
        else { return }
        // Who has not joined yet has nobody to talk to but the hub.
        for (client, replica) in [(caller, ours), (answerer, theirs)] {
            let hasMembers = try onClient(client, to: "look for members") {
                try replica.hasMembers()
            }
            guard hasMembers == true else { return }
        }
        let members = try onClient(caller, to: "look who is called") { try ours.membership() }
        // A connection is made to the keys of members alone.
        guard let members, members.role(of: answerer.device) != nil else { return }
        let wire = makeWire(caller, answerer)
        let link = PeerLink(
            wire,
            number,
            members.head.sequence,
            caller: PeerEngine(
                ours,
                peer: answerer.device,
                role: .calls,
                salt: random.bytes(16)
            ),
            answerer: PeerEngine(
                theirs,
                peer: caller.device,
                role: .answers,
                salt: random.bytes(16)
            )
        )
        caller.peerLinks.append(link)
        answerer.peerLinks.append(link)
        note(.connectedToPeer, caller.number, answerer.number, "\(wire.label) library \(number)")
        let effects = try onClient(caller, to: "greet a peer") { link.caller.open() }
        if let effects { try perform(effects, link, byCaller: true) }
        let first = try onClient(answerer, to: "await a peer") { link.answerer.open() }
        if let first { try perform(first, link, byCaller: false) }
    }

    func deliverToPeer(_ bytes: [UInt8], _ wire: Wire, _ peer: Client) throws {
        try deliver(bytes, wire, to: peer, isCaller: false)
    }

    func deliverToPeerCaller(_ bytes: [UInt8], _ wire: Wire) throws {
        try deliver(bytes, wire, to: wire.caller, isCaller: true)
    }

    private func deliver(_ bytes: [UInt8], _ wire: Wire, to client: Client, isCaller: Bool) throws {
        let link = client.peerLinks.first { $0.wire === wire }
        if bytes.isEmpty {
            // Its own end closes as well.
            if isCaller { wire.outward.isEnded = true } else { wire.inward.isEnded = true }
            client.peerLinks.removeAll { $0.wire === wire }
        }
        guard let link else { return }
        let engine = isCaller ? link.caller : link.answerer
        let effects = try onClient(client, to: "take a peer's bytes in") {
            bytes.isEmpty ? engine.connectionLost() : engine.receive(bytes)
        }
        guard let effects else { return }
        try perform(effects, link, byCaller: isCaller)
        if let session = client.session, session.isLive {
            perform(session.engine.localChanged(), session, client)
        }
        try checkPendingViolation()
    }

    private func perform(_ effects: [PeerEngine.Effect], _ link: PeerLink, byCaller: Bool) throws {
        let wire = link.wire
        let client = byCaller ? wire.caller : (wire.peer ?? wire.caller)
        for effect in effects {
            switch effect {
            case .send(let bytes):
                if byCaller { wire.outward.append(bytes) } else { wire.inward.append(bytes) }
            case .ended(let result): try peerEnded(client, link, result)
            case .close:
                if byCaller {
                    wire.outward.isEnded = true
                    wire.inward.isDeaf = true
                } else {
                    wire.inward.isEnded = true
                    wire.outward.isDeaf = true
                }
                client.peerLinks.removeAll { $0 === link }
            }
        }
    }

    private func peerEnded(
        _ client: Client,
        _ link: PeerLink,
        _ result: Result<PeerReport, SyncError>
    ) throws {
        switch result {
        case .success(let report):
            note(
                .peerSessionEnded,
                client.number,
                link.library,
                "\(client.name) \(link.wire.label): \(report.summary)"
            )
            // Who learnt of a record meanwhile may send what was signed after it: that waits.
            let head = client.replicas[link.library].flatMap { try? $0.membership().head }
            let knowsMore = head.map { $0.sequence > link.membership } ?? true
            let faults = report.faults.filter { $0.code != .dependencyMissing || !knowsMore }
            let isExcused = profile.hasLiar || isDisturbed(link.wire)
            guard isExcused || faults.isEmpty && report.refusals.isEmpty else {
                throw Violation("\(client.name) and a peer disagree: \(report)")
            }
        case .failure(let error):
            note(.peerSessionFailed, client.number, link.library, "\(client.name): \(error)")
            switch error.code {
            case .refused(.notMember), .refused(.wrongLibrary), .refused(.role), .membership,
                .replica(.membership), .protocol(.notMember), .refused(.badRecord):
                // Who has not heard yet of the other's joining does not talk to it.
                return
            default:
                guard isDisturbed(link.wire) else {
                    throw Violation(
                        "\(client.name) could not sync with a peer: \(error.code): \(error)"
                    )
                }
            }
        }
    }
}
