import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

// The protocol and the store know nothing of each other; here each one's values become the other's.

extension Cursor {
    init(_ head: LogHead) { self.init(position: head.position, accumulator: head.accumulator) }
}

extension LogHead {
    init(_ cursor: Cursor) {
        self.init(position: cursor.position, accumulator: cursor.accumulator)
    }
}

extension Entry {
    init(_ stored: StoredEntry) { self.init(changeSet: stored.signed, body: stored.body) }
}

extension IncomingEntry {
    init(_ entry: Entry) {
        self.init(entry.changeSet, body: entry.body, isBodyChecked: entry.isBodyChecked)
    }

    init(_ entry: Entry, _ verified: VerifiedChangeSet) {
        self.init(verified, body: entry.body, isBodyChecked: entry.isBodyChecked)
    }
}

extension Entry {
    /// Reading a run finds the hash of each body that is in it, or compares it; large ones come
    /// beside it.
    fileprivate var isBodyChecked: Bool {
        body.map { $0.count <= ProtocolLimits.inlineBodySizeMax } ?? true
    }
}

extension Replica {
    /// Keeps a piece of a large body that `peer` sent.
    func keep(_ piece: BlobPiece, from peer: DeviceKey) throws {
        try keepPiece(
            ofBody: piece.hash,
            at: piece.offset,
            of: piece.total,
            piece.bytes,
            from: peer
        )
    }

    /// What is kept of large bodies that `peer` sent.
    func partialBodies(from peer: DeviceKey) throws -> [PartialBody] {
        try bodyPieces(from: peer).map {
            PartialBody(hash: $0.hash, total: $0.total, bytes: $0.bytes)
        }
    }
}

extension PositionedItem {
    init(_ item: RunItem) {
        switch item {
        case .entry(let entry): self = .entry(IncomingEntry(entry))
        case .held(let id): self = .known(id)
        }
    }
}

extension Members.Record {
    init(_ entry: MembershipLog.Entry) {
        self.init(record: entry.record.bytes, receipt: entry.receipt?.bytes)
    }
}

extension MembershipLog.Entry {
    init(_ record: Members.Record) throws(MembershipError) {
        self.init(
            record: try MembershipRecord(decoding: record.record),
            receipt: try Self.receipt(record.receipt)
        )
    }

    private static func receipt(_ bytes: [UInt8]?) throws(MembershipError) -> Receipt? {
        guard let bytes else { return nil }
        return try Receipt(decoding: bytes)
    }
}

extension MembershipLog {
    /// The last record as it is said to a peer.
    var mark: Mark { mark(at: head.sequence, head.id) }

    /// The first 16 bytes of the id of the record at `sequence`; nil beyond the log's end.
    func prefix(at sequence: UInt64) -> [UInt8]? { reference(at: sequence)?.prefix.bytes }

    private func mark(at sequence: UInt64, _ id: MemberRecordID) -> Mark {
        Mark(position: sequence, prefix: Array(id.bytes.prefix(16)))
    }
}

extension ChainPosition {
    /// The entry as it is said to a peer.
    var mark: Mark { Mark(position: sequence, prefix: Array(id.bytes.prefix(16))) }
}

extension WantedSpan {
    init(_ span: ChainSpan) {
        self.init(chain: span.chain, after: span.after, through: span.through)
    }
}

extension Fault.Code {
    /// What a hub says to a client of an entry that its replica refused.
    init(_ code: ReplicaError.Code) {
        switch code {
        case .otherLibrary: self = .wrongLibrary
        case .badSignature: self = .badSignature
        case .chainGap, .refusedChain: self = .chainGap
        case .unknownVersion: self = .version
        case .notAllowed: self = .role
        case .tooLarge: self = .tooLarge
        case .malformed, .wrongLamport, .wrongMembership, .wrongDependencies, .wrongBody:
            self = .badEntry
        case .membership: self = .badRecord
        case .cursorMismatch: self = .rewound
        case .missing, .exists, .notAReplica, .damaged, .newerVersion, .busy, .full, .readOnly,
            .noPermission, .ioError, .notFound, .ambiguous, .deleted, .needsNewer, .faultyChange:
            self = .internal
        }
    }

    /// What a hub says to a client of a membership record that the log refused.
    init(_ code: MembershipError.Code) {
        switch code {
        case .wrongSequence, .wrongPreviousRecord: self = .membershipConflict
        case .unknownInvitation, .wrongInvitation, .invitationExpired, .invitationUsedUp,
            .inviterLostRight:
            self = .invitation
        case .roleTooLow, .unknownDevice: self = .role
        case .unknownVersion, .unknownKind: self = .version
        case .badSignature: self = .badSignature
        case .tooLarge: self = .tooLarge
        case .wrongLibrary: self = .wrongLibrary
        default: self = .badRecord
        }
    }
}
