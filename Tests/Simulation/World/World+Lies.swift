import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport

// A member whose program does what no program of ours does, and a hub that does.

extension World {
    // MARK: - A member

    /// A member's machine does what the protocol forbids, or something ordinary to know enough.
    func lie() throws -> Bool {
        guard let liar = clients.first(where: \.isLiar), liar.isUp, !liar.isPartitioned,
            let number = random.pick(liar.libraries), let replica = liar.replicas[number]
        else { return false }
        switch random.below(4) {
        case 0: try connect(liar, isLive: false)
        case 1: try act(liar)
        default:
            _ = try onClient(liar, to: "lie") {
                guard let last = try lastEntry(of: liar, replica, number) else { return }
                try lie(liar, number, replica, after: last)
            }
        }
        return true
    }

    /// The last entry a machine has signed, which it does first where it has not.
    func lastEntry(
        of liar: Client,
        _ replica: Replica,
        _ number: Int
    ) throws -> StoredEntry? {
        if try replica.ownHead() == nil {
            guard try !replica.membershipRecords(after: nil).isEmpty else { return nil }
            try act(liar)
        }
        return try replica.ownHead().flatMap { try replica.entry($0.id) }
    }

    /// Signs what must not follow the last entry, and brings it to somebody; `chosen` for one kind.
    func lie(
        _ liar: Client,
        _ number: Int,
        _ replica: Replica,
        after last: StoredEntry,
        _ chosen: Act? = nil
    ) throws {
        let lies: [Act] = [
            .forked, .wrongLamport, .oversized, .garbage, .replayed, .undecodableBody,
            .unknownParents, .wrongSignature, .flippedBits,
        ]
        let lie = chosen ?? lies[random.below(lies.count)]
        var draft = Draft(last.signed, body: nil)
        switch lie {
        case .forked:
            guard last.signed.header.sequence > 0 else { return }
            // Another entry in the place of the last one.
            draft = Draft(inPlaceOf: last.signed)
        case .wrongLamport: draft.lamport += UInt64(1 + random.below(1 << 30))
        case .oversized:
            if random.oneIn(2) {
                note(lie, liar.number, 0, "a frame without end")
                return sendRaw([0xFF, 0xFF, 0xFF, 0xFF, 4, 0] + random.bytes(60), liar, number)
            }
            draft.bodySize = Limits.bodySizeMax + 1
        case .garbage:
            note(lie, liar.number, 0, "")
            return sendRaw(random.bytes(1 + random.below(200)), liar, number)
        case .replayed:
            guard let bytes = random.pick(clients.flatMap(\.recorded)) else { return }
            note(lie, liar.number, 0, "")
            return sendRaw(bytes, liar, number, greets: random.oneIn(2))
        case .flippedBits:
            guard var bytes = random.pick(liar.recorded), !bytes.isEmpty else { return }
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            note(lie, liar.number, 0, "")
            return sendRaw(bytes, liar, number, greets: random.oneIn(2))
        case .undecodableBody: draft.body = random.bytes(1 + random.below(50))
        case .unknownParents:
            guard let parent = ChangeID(random.bytes(32)) else { return }
            draft.body = BodyCodec.encode(
                ChangeSetBody(changes: [
                    .edit(parents: [parent], operations: [.addTag("unknown")])
                ])
            )
        default: break
        }
        if draft.body != nil || draft.bodySize != nil {
            guard let article = random.pick(libraries[number].articles) else { return }
            draft.touched = [TouchedArticle(article: article, permission: .edit)]
        }
        let membership = try replica.membership()
        guard let reference = membership.reference(at: membership.head.sequence) else { return }
        let header = draft.header(replica.library, reference, now)
        // What cannot even be signed is no lie.
        guard var signed = try? header.signed(with: liar.key).signed else { return }
        if lie == .wrongSignature {
            var signature = signed.signature
            signature[random.below(64)] ^= 4
            signed = try SignedChangeSet(header: signed.header, signature: signature)
        }
        note(lie, liar.number, number, "\(signed.id.handle.prefix(8))")
        try publish(signed, draft.body, liar, number)
    }

    /// Brings an entry to the hub, or to some member.
    private func publish(
        _ signed: SignedChangeSet,
        _ body: [UInt8]?,
        _ liar: Client,
        _ number: Int
    ) throws {
        let targets = clients.filter { $0.isUp && !$0.isLiar && $0.replicas[number] != nil }
        if random.oneIn(2), let target = random.pick(targets),
            let replica = target.replicas[number]
        {
            _ = try onClient(target, to: "look at a lie", expecting: [.badSignature]) {
                guard try !replica.membershipRecords(after: nil).isEmpty else { return }
                let isAll = random.oneIn(2)
                _ = try replica.receive(
                    [IncomingEntry(signed, body: body)],
                    from: liar.device,
                    verifying: isAll ? .all : .lastOfEachBranch
                )
            }
            return
        }
        let run = Run(
            firstPosition: nil,
            end: nil,
            items: [.entry(Entry(changeSet: signed, body: body))]
        )
        var encoder = FrameEncoder(stream: 0)
        sendRaw(
            encoder.encode(type: MessageType.run.rawValue, payload: run.encoded()),
            liar,
            number
        )
    }

    /// Sends the hub bytes over a connection of their own.
    private func sendRaw(_ bytes: [UInt8], _ liar: Client, _ number: Int, greets: Bool = true) {
        guard hub.isUp else { return }
        let wire = makeWire(liar, nil)
        wire.isDisturbed = true
        connections[wire.number] = wire
        engine(of: wire)?.connect(wire.number, device: liar.device)
        if greets {
            let library = libraries[number].id
            let hello = Hello(library: library, cursor: Cursor(library: library).mark)
            var encoder = FrameEncoder(stream: 0)
            wire.outward.append(
                encoder.encode(
                    type: MessageType.hello.rawValue,
                    payload: Message.hello(hello).encoded()
                )
            )
        }
        wire.outward.append(bytes)
        wire.outward.isEnded = true
    }

    // MARK: - The hub

    /// The hub begins to show some clients another log than others, or goes on to.
    func lieAsHub() throws -> Bool {
        guard Self.clientsRefillHubs, hub.isUp, !hubIsLying else { return false }
        let rewinds = !hub.backups.isEmpty && random.oneIn(2)
        for library in libraries {
            let name = HubShelf.file(library.number)
            let before = rewinds ? hub.backups[library.number] : nil
            for file in [name, name + "-wal"] {
                let image = before.map { $0[file] } ?? hub.disk.image(of: file)
                hub.disk.put(image, as: Hub.otherLog + file)
            }
        }
        hubIsLying = true
        hub.otherEngine = makeHubEngine(hub.otherShelf)
        for client in clients where random.oneIn(2) { deceived.insert(client.number) }
        for library in libraries.indices { libraries[library].isMembershipFrozen = true }
        // Some are on what is going to be the wrong side with what they have.
        for client in clients {
            for library in libraries {
                staleOrders.insert(StaleOrder(client: client.number, library: library.number))
            }
        }
        note(rewinds ? .hubRewound : random.oneIn(2) ? .hubForked : .hubWithheld, 0, 0, "")
        for wire in wires where wire.peer == nil { wire.isDisturbed = true }
        return true
    }

    /// The hub shows everybody one log again.
    func makeHubHonest() throws {
        guard hubIsLying else { return }
        hubIsLying = false
        deceived = []
        for wire in wires where wire.peer == nil { wire.isDisturbed = true }
        let wasUp = hub.isUp
        endHub()
        for name in hub.disk.fileNames where name.hasPrefix(Hub.otherLog) {
            hub.disk.put(nil, as: name)
        }
        note(.hubHonest, 0, 0, "")
        // Whatever it told the deceived is forgotten.
        if wasUp { startHub() }
    }
}

/// An entry as a liar makes it.
private struct Draft {
    var chain: ChainID
    var sequence: UInt64
    var previous: ChangeSetID?
    var lamport: UInt64
    var body: [UInt8]?
    var bodySize: Int?
    var touched: [TouchedArticle] = []

    init(_ last: SignedChangeSet, body: [UInt8]?) {
        chain = last.header.chain
        sequence = last.header.sequence + 1
        previous = last.id
        lamport = last.header.lamport + 1
        self.body = body
    }

    init(inPlaceOf last: SignedChangeSet) {
        chain = last.header.chain
        sequence = last.header.sequence
        previous = last.header.previous
        lamport = last.header.lamport
    }

    func header(
        _ library: LibraryID,
        _ membership: MembershipReference,
        _ now: Int64
    ) -> ChangeSetHeader {
        var reference = body.map { BodyReference(codecVersion: BodyCodec.version, bytes: $0) }
        if let bodySize {
            let hash = BodyReference(codecVersion: BodyCodec.version, bytes: [1]).hash
            reference = BodyReference(codecVersion: BodyCodec.version, size: bodySize, hash: hash)
        }
        return ChangeSetHeader(
            kind: .content,
            library: library,
            chain: chain,
            sequence: sequence,
            previous: previous,
            lamport: lamport,
            timeMilliseconds: now,
            membership: membership,
            dependencies: [],
            body: reference,
            touched: touched
        )
    }
}
