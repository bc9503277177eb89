import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncProtocol

extension HubEngine {
    /// Does the actions of a session and those that follow from them, in order.
    func perform(_ actions: [HubSession.Action], _ stream: HubStream) {
        // A stack of its own, the next on top: one action leads to the next as often as the client
        // has given credit for runs, and small runs are many.
        var todo = Array(actions.reversed())
        while let action = todo.popLast() {
            do {
                todo.append(contentsOf: try follow(action, stream).reversed())
            } catch {
                let refusal = stream.session.refuse(Self.failure(error))
                todo.append(contentsOf: refusal.reversed())
            }
        }
    }

    /// Does an action; gives what the session wants next because of it.
    private func follow(
        _ action: HubSession.Action,
        _ stream: HubStream
    ) throws -> [HubSession.Action] {
        switch action {
        case .send(let bytes):
            usage.statistics.sentByteCount += Int64(bytes.count)
            stream.connection.outgoingByteCount += bytes.count
            effects.append(.send(bytes, to: stream.connection.number))
            return []
        case .open(let hello):
            return try open(hello, stream)
        case .readEntries(let first, let byteCount):
            if holdsBack(action, stream) { return [] }
            let entries =
                try stream.replica?.entries(
                    afterPosition: first - 1,
                    sizeMax: byteCount,
                    countMax: ProtocolLimits.runEntryCountMax
                ) ?? []
            return stream.session.entriesRead(entries.map { Entry($0) }, from: first)
        case .readRecords(let last):
            if holdsBack(action, stream) { return [] }
            guard let replica = stream.replica else {
                return stream.session.recordsRead([], head: nil)
            }
            let records = try replica.membershipRecords(after: last)
            return stream.session.recordsRead(
                records.map { Members.Record($0) },
                head: try replica.membership().mark
            )
        case .commit(let entries):
            charge(stream.connection, byteCount: 0, entryCount: entries.count)
            let (taken, faults) = try withinQuota(entries, stream)
            pending.append(
                PendingCommit(
                    stream: stream,
                    ids: entries.map(\.id),
                    entries: taken,
                    faults: faults,
                    verified: try stream.replica.map { try beginCheck(taken, $0) } ?? { [:] }
                )
            )
            return []
        case .takeRecords(let records):
            return try take(records, stream)
        case .probe(let marks):
            return stream.session.probed(try lastCommon(of: marks, stream))
        case .compare(let parts, let salt):
            guard let replica = stream.replica else { return [] }
            // Read anew each time: what a hub holds in memory for a session is bounded.
            let items = try replica.frontierItems(salt: salt)
            return stream.session.compared(try RangeAnswer(to: parts, from: items))
        case .locate(let lacking):
            return stream.session.located(try stream.replica?.wants(for: lacking) ?? [])
        case .findWants(let wants):
            let spans = try stream.replica?.spans(of: wants.chains) ?? []
            return stream.session.wantsFound(spans.map { WantedSpan($0) })
        case .held:
            return []
        case .keepPiece(let piece):
            try stream.replica?.keep(piece, from: stream.connection.device)
            return []
        case .dropPieces(let hash):
            try stream.replica?.dropPieces(ofBody: hash, from: stream.connection.device)
            return []
        case .close(let error):
            close(stream, error)
            return []
        }
    }

    /// The last of these places that the hub's log goes through; the start of it at the least.
    private func lastCommon(of marks: [Mark], _ stream: HubStream) throws -> Cursor {
        guard let replica = stream.replica else {
            throw SyncError(.protocol(.badFrame), "The stream has no library yet.")
        }
        var common = Cursor(library: replica.library)
        for mark in marks {
            guard let head = try replica.hubHead(at: mark.position), Cursor(head).mark == mark
            else {
                break
            }
            common = Cursor(head)
        }
        return common
    }

    func close(_ stream: HubStream, _ error: ProtocolError?) {
        if let error, !error.fromPeer {
            usage.statistics.refusedCounts[error.code, default: 0] += 1
        }
        let connection = stream.connection
        connection.streams[stream.number] = nil
        connection.ending = .some(error)
        closeIfDone(connection)
    }

    /// Closes a connection whose sessions are all over.
    ///
    /// A client greets about all its libraries at once: the refusal of the first must not keep the
    /// others from being heard.
    func closeIfDone(_ connection: HubConnection) {
        guard let error = connection.ending, connection.streams.isEmpty, !connection.isReceiving,
            connection.decoder.isBetweenFrames, connections[connection.number] === connection
        else { return }
        connections[connection.number] = nil
        effects.append(.close(connection.number, error))
    }

    /// What a client is told when the hub itself fails.
    static func failure(_ error: any Error) -> Fault {
        guard let error = error as? ReplicaError else {
            return Fault(.internal, .retry, text: "The hub failed; tell its operator.")
        }
        switch error.code {
        case .full:
            return Fault(
                .internal,
                .retry,
                text: "The hub's disk is full. Nothing of yours is lost; tell its operator and"
                    + " sync again later."
            )
        case .busy:
            return Fault(
                .overloaded,
                .retry,
                text: "The hub is busy; sync again in a moment.",
                retryAfterMilliseconds: 2000
            )
        default:
            return Fault(
                .internal,
                .retry,
                text: "The hub's replica failed (\(error.code.rawValue)); tell its operator."
            )
        }
    }
}

// MARK: - Who comes

extension HubEngine {
    private func open(_ hello: Hello, _ stream: HubStream) throws -> [HubSession.Action] {
        stream.library = hello.library
        if let fault = meter(stream) { return stream.session.refuse(fault) }
        guard let replica = try libraries.replica(of: hello.library) else {
            return try openUnknown(hello, stream)
        }
        let log = try replica.membership()
        guard let standing = standing(of: stream.connection.device, in: log, hello) else {
            return stream.session.refuse(refusal(of: stream.connection.device, hello, log))
        }
        stream.replica = replica
        try noteStanding(of: stream, hello, log)
        if log.role(of: stream.connection.device) == .owner { stream.ownersMark = hello.membership }
        try giveReceiptsAgain(stream, log)
        var opening = HubSession.Opening(
            standing: standing,
            head: Cursor(try replica.hubHead())
        )
        opening.accumulatorAtClient =
            try replica.hubHead(at: hello.cursor.position)?.accumulator
        if let chain = hello.chain {
            let heads = try replica.heads(ofChain: chain.chain)
            opening.chain = heads.last?.mark
            opening.isChainForked = heads.count > 1
            let here = try replica.entryIDs(ofChain: chain.chain, at: chain.head.position)
            // On a chain that forked, what lies below its head cannot be told by number.
            opening.hasClientChain =
                heads.count == 1 && here.count == 1
                && here[0].bytes.starts(with: chain.head.prefix)
        }
        if hello.mode == .live {
            let heartbeat =
                stream.connection.heartbeat.intervalMilliseconds ?? heartbeatMilliseconds()
            stream.connection.heartbeat.intervalMilliseconds = heartbeat
            opening.heartbeatMilliseconds = heartbeat
        }
        opening.pieces = try replica.partialBodies(from: stream.connection.device)
        opening.membership = log.mark
        opening.membershipAtClient = hello.membership.flatMap { log.prefix(at: $0.position) }
        stream.connection.admit()
        return stream.session.opened(opening)
    }

    private func openUnknown(
        _ hello: Hello,
        _ stream: HubStream
    ) throws -> [HubSession.Action] {
        guard let claim = hello.claim else {
            return stream.session.refuse(
                Fault(
                    .wrongLibrary,
                    .fatal,
                    text: "This hub does not serve the library. Its owner can register it with a"
                        + " claim code of the hub's operator (`galley remote add`)."
                )
            )
        }
        guard try libraries.acceptsClaim(claim) else {
            return stream.session.refuse(Self.wrongClaim)
        }
        stream.claim = claim
        let start = Cursor(library: hello.library)
        var opening = HubSession.Opening(standing: .registering, head: start)
        // A library that has followed another hub begins anew with this one.
        opening.accumulatorAtClient = hello.cursor.position == 0 ? start.accumulator : nil
        stream.connection.admit()
        return stream.session.opened(opening)
    }

    private func standing(
        of device: DeviceKey,
        in log: MembershipLog,
        _ hello: Hello
    ) -> Welcome.Standing? {
        if log.role(of: device) != nil { return .member }
        guard let bytes = hello.invitation, let invitation = DeviceKey(bytes),
            let issued = log.invitation(invitation), issued.remainingUses > 0,
            now() < issued.invite.expiryMilliseconds
        else { return nil }
        return .invited
    }

    private func refusal(of device: DeviceKey, _ hello: Hello, _ log: MembershipLog) -> Fault {
        guard let bytes = hello.invitation else {
            return Fault(
                .notMember,
                .fatal,
                text: "This device (\(device.handle.prefix(8))) is no member of the library. Ask"
                    + " an admin for an invitation (`galley invite`)."
            )
        }
        let issued = DeviceKey(bytes).flatMap { log.invitation($0) }
        let why =
            switch issued {
            case nil: "is not known here"
            case let issued? where issued.remainingUses == 0: "was used as often as it may be"
            case _?: "has expired"
            }
        return Fault(.invitation, .fatal, text: "The invitation \(why). Ask for a new one.")
    }

    static let wrongClaim = Fault(
        .claim,
        .fatal,
        text: "The claim code is wrong or was used. The hub's operator can make another."
    )
}
