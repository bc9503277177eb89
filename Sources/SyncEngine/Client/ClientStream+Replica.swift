import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncProtocol

// What a session asks of the replica.

extension ClientStream {
    /// Keeps membership records; gives the log's last one.
    func take(_ records: [Members.Record]) throws -> Mark? {
        let entries = try records.map { try MembershipLog.Entry($0) }
        if try !replica.appendMembership(entries).unparked.isEmpty { hasUnparked = true }
        recordCount += entries.count
        progress.recordCount += entries.count
        return try replica.membershipMark()
    }

    /// Leaves the chain this replica signs on where the hub has more of it, or something else.
    func compareChain(with known: Mark, isForked: Bool) throws {
        guard let chain else { return }
        _ = try replica.compareOwnChain(
            chain.chain,
            at: known.position,
            idPrefix: known.prefix,
            isForked: isForked
        )
    }

    /// Keeps in mind what the hub does not take; by now all that it takes has a position.
    func noteRefusals() throws {
        try replica.note(faults.dropFirst(notedFaultCount), of: hub)
        notedFaultCount = faults.count
    }

    /// Keeps what follows in the hub's log, up to `cursor`.
    func take(_ items: [RunItem], upTo cursor: Cursor) throws {
        guard let remote = try replica.remotes().first(where: { $0.hub == hub }),
            cursor.position >= UInt64(items.count),
            remote.cursor.position >= cursor.position - UInt64(items.count)
        else {
            throw SyncError(
                .replica(.cursorMismatch),
                "Another process has altered how far this replica follows the hub; sync again."
            )
        }
        // Another process may have synced the replica meanwhile, and taken some of it.
        let knownCount = Int(
            clamping: remote.cursor.position - (cursor.position - UInt64(items.count))
        )
        let reached: LogHead?
        if knownCount < items.count {
            let (cursor, report) = try replica.receive(
                items.dropFirst(knownCount).map { PositionedItem($0) },
                following: remote.cursor,
                from: hub
            )
            reached = cursor
            if !report.unparked.isEmpty { hasUnparked = true }
        } else {
            reached = try replica.hubHead(at: cursor.position)
        }
        guard reached == LogHead(cursor) else {
            throw SyncError(
                .protocol(.badFrame),
                "The hub's log does not lead where it should; sync again."
            )
        }
        for case .entry in items { progress.receivedCount += 1 }
    }

    /// Takes away the positions that the hub does not have any more; gives the cursor then.
    func rewind(to position: UInt64) throws -> Cursor {
        try replica.rewindHubLog(to: position)
        guard let remote = try replica.remotes().first(where: { $0.hub == hub }),
            remote.cursor.position == position
        else {
            throw SyncError(
                .replica(.cursorMismatch),
                "Another process has altered how far this replica follows the hub; sync again."
            )
        }
        progress.isHubRewound = true
        return Cursor(remote.cursor)
    }

    /// Says what there is at the ends of all chains; what comes later is sent without asking.
    func beginComparing(_ salt: [UInt8]) throws -> RangeAnswer {
        lastRow = try replica.lastArrivedRow()
        let items = try replica.frontierItems(salt: salt)
        compared = items
        return try RangeAnswer(beginningWith: items)
    }

    /// The next entries without a position, about so many bytes; whether there are no more.
    func readUnsent(
        known: Mark?,
        byteCount: Int
    ) throws -> (entries: [Entry], isLast: Bool) {
        if !wanted.isAtEnd {
            return (try wanted.next(from: replica, byteCount: byteCount), false)
        }
        let stored = try replica.unplacedEntries(afterRow: lastRow, sizeMax: byteCount)
        if let last = stored.last { lastRow = last.row }
        var skipped: (chain: ChainID, sequence: UInt64)?
        if let known, let chain {
            let here = try replica.entryIDs(ofChain: chain.chain, at: known.position)
            // On a chain that forked, as may have come to light since the greeting, what lies below a
            // common entry cannot be told by number: a shorter branch has numbers below it, too.
            if here.count == 1, here[0].bytes.starts(with: known.prefix),
                try replica.heads(ofChain: chain.chain).count == 1
            {
                skipped = (chain.chain, known.position)
            }
        }
        let entries = stored.filter { entry in
            guard let skipped, entry.signed.header.chain == skipped.chain else { return true }
            return entry.signed.header.sequence > skipped.sequence
        }
        return (entries.map { Entry($0) }, stored.isEmpty)
    }
}

extension Replica {
    /// What a session with `hub` begins with.
    func start(
        with hub: DeviceKey,
        _ purpose: ClientSession.Purpose,
        _ chain: ChainPosition?
    ) throws -> ClientSession.Start {
        guard let remote = try remotes().first(where: { $0.hub == hub }) else {
            throw SyncError(
                .replica(.notFound),
                "The replica does not follow this hub. Add it first (`galley remote add`)."
            )
        }
        var start = ClientSession.Start(
            library: library,
            cursor: Cursor(remote.cursor),
            purpose: purpose
        )
        start.unsentCount = UInt64(try unplacedCount())
        start.chain = chain.map { Hello.ChainHead(chain: $0.chain, head: $0.mark) }
        start.membership = try membershipMark()
        start.pieces = try partialBodies(from: hub)
        start.comparesFirst = try hasUnplacedOfOthers(than: chain?.chain, atLeast: 16)
        return start
    }

    /// The last membership record; nil in a replica that is about to join.
    func membershipMark() throws -> Mark? {
        do {
            return try membership().mark
        } catch {
            guard error.code == .membership, try membershipRecords(after: nil).isEmpty
            else { throw error }
            return nil
        }
    }
}

extension ClientSession.Start {
    /// Bytes that nobody can foresee who does not know all that this replica and its hub have.
    var unlikelySalt: [UInt8] {
        let marks = [cursor.mark, chain?.head, membership].compactMap(\.self)
        return Array(SHA256.hash(cursor.accumulator + marks.flatMap(\.prefix)).prefix(16))
    }
}

extension ClientSync.Purpose {
    var ofSession: ClientSession.Purpose {
        switch self {
        case .sync: .sync
        case .append: .append
        case .join(let invitation, _): .join(invitation: invitation)
        case .register(let claim): .register(claim: claim)
        }
    }

    var makeRecord: (MembershipLog) throws -> MembershipRecord {
        switch self {
        case .append(let make), .join(_, let make):
            make
        case .sync, .register:
            { _ in throw SyncError(.membership, "No membership record was to be made.") }
        }
    }
}
