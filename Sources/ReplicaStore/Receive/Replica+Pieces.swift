public import ArticleModel
import Membership
import SQLite

/// The beginning of a large body that a peer sent before the connection was cut.
public struct StoredPieces: Hashable, Sendable {
    /// SHA-256 of the whole.
    public let hash: [UInt8]
    /// The size of the whole.
    public let total: Int
    /// What has come.
    public let bytes: [UInt8]
}

extension Replica {
    /// Large bodies that are kept for one peer: so many, of so many bytes together.
    package static let pieceBodyCountMax = 4
    package static let pieceSizeMax = 8 * 1024 * 1024

    /// Keeps a piece of a large body that `peer` sent, until its entry comes; the oldest bodies of
    /// that peer are dropped where there is no room.
    ///
    /// A piece that does not follow those kept begins anew, or is passed over; a body that is not
    /// what its hash says is dropped as a whole.
    public func keepPiece(
        ofBody hash: [UInt8],
        at offset: Int,
        of total: Int,
        _ bytes: [UInt8],
        from peer: DeviceKey
    ) throws(ReplicaError) {
        try write {
            let kept = try database.statement(
                "SELECT sum(length(bytes)), max(total) FROM piece WHERE peer = ? AND hash = ?",
                .bytes(peer.bytes),
                .bytes(hash)
            )
            let isNext =
                try kept.step() && Int(kept.integer(0)) == offset
                && (offset == 0 || Int(kept.integer(1)) == total)
            if !isNext {
                try dropPieces(hash, of: peer)
                guard offset == 0 else { return }
            }
            guard bytes.count <= Self.pieceSizeMax, offset + bytes.count <= total else { return }
            try database.run(
                "INSERT INTO piece (peer, hash, start, total, bytes) VALUES (?, ?, ?, ?, ?)",
                .bytes(peer.bytes),
                .bytes(hash),
                .integer(offset),
                .integer(total),
                .bytes(bytes)
            )
            if offset + bytes.count == total, try !isWhole(hash, of: peer) {
                try dropPieces(hash, of: peer)
            }
            try dropOldestPieces(of: peer)
        }
    }

    /// Forgets what `peer` sent of a large body, which is not what its hash says.
    public func dropPieces(ofBody hash: [UInt8], from peer: DeviceKey) throws(ReplicaError) {
        try write { try dropPieces(hash, of: peer) }
    }

    /// What is kept of large bodies that `peer` sent, the oldest first.
    public func bodyPieces(from peer: DeviceKey) throws(ReplicaError) -> [StoredPieces] {
        try readLog {
            try storedPieces(of: peer).filter { pieces in
                // A disk may have forgotten what it was told.
                pieces.bytes.count < pieces.total
                    || ChangeIdentity.body(pieces.bytes).bytes == pieces.hash
            }
        }
    }

    /// Forgets the pieces of a body whose entry is in the log.
    func dropPieces(ofStored body: BodyHash) throws {
        try database.run("DELETE FROM piece WHERE hash = ?", .bytes(body.bytes))
    }

    private func storedPieces(of peer: DeviceKey) throws -> [StoredPieces] {
        let rows = try database.statement(
            """
            SELECT hash, total, bytes FROM piece AS this WHERE peer = ?
            ORDER BY (SELECT min(row) FROM piece WHERE peer = this.peer AND hash = this.hash), start
            """,
            .bytes(peer.bytes)
        )
        var bodies: [StoredPieces] = []
        while try rows.step() {
            let hash = rows.bytes(0)
            if let last = bodies.last, last.hash == hash {
                bodies[bodies.count - 1] = StoredPieces(
                    hash: hash,
                    total: last.total,
                    bytes: last.bytes + rows.bytes(2)
                )
            } else {
                bodies.append(
                    StoredPieces(hash: hash, total: Int(rows.integer(1)), bytes: rows.bytes(2))
                )
            }
        }
        return bodies
    }

    private func isWhole(_ hash: [UInt8], of peer: DeviceKey) throws -> Bool {
        let rows = try database.statement(
            "SELECT bytes FROM piece WHERE peer = ? AND hash = ? ORDER BY start",
            .bytes(peer.bytes),
            .bytes(hash)
        )
        var whole: [UInt8] = []
        while try rows.step() { whole += rows.bytes(0) }
        return ChangeIdentity.body(whole).bytes == hash
    }

    private func dropPieces(_ hash: [UInt8], of peer: DeviceKey) throws {
        try database.run(
            "DELETE FROM piece WHERE peer = ? AND hash = ?",
            .bytes(peer.bytes),
            .bytes(hash)
        )
    }

    private func dropOldestPieces(of peer: DeviceKey) throws {
        let rows = try database.statement(
            """
            SELECT hash, sum(length(bytes)) FROM piece WHERE peer = ?
            GROUP BY hash ORDER BY max(row) DESC
            """,
            .bytes(peer.bytes)
        )
        var count = 0
        var size = 0
        var dropped: [[UInt8]] = []
        while try rows.step() {
            count += 1
            size += Int(rows.integer(1))
            guard count > Self.pieceBodyCountMax || size > Self.pieceSizeMax else { continue }
            dropped.append(rows.bytes(0))
        }
        for hash in dropped { try dropPieces(hash, of: peer) }
    }
}
