import ArticleModel
import Membership
import SQLite

/// How much may wait for entries and records that are missing.
package struct ParkingLimits: Sendable {
    /// Bytes that one peer may leave waiting; one entry is always taken.
    package var peer: Int64 = 16 * 1024 * 1024
    /// Bytes that all peers together may.
    package var all: Int64 = 256 * 1024 * 1024

    /// The usual limits.
    package init() {}
}

/// What waits now, as counted while a batch is taken in.
struct ParkedSizes {
    /// What the batch's peer has left.
    var peer: Int64
    /// What all have.
    var all: Int64
}

// What waits for ever must not stand in the way: where there is no room, what waits the longest goes.
// Nothing is lost by it, as nothing that waits was acknowledged: its author sends it again.

extension Receiver {
    /// Makes room for an entry of `size` bytes.
    mutating func makeRoom(for size: Int64) throws {
        let limits = replica.parkingLimits
        var sizes = try parkedSizes ?? countParked()
        while sizes.peer > 0, sizes.peer + size > limits.peer {
            guard try dropOldest(of: peer.bytes, &sizes) else { break }
        }
        if sizes.all + size > limits.all {
            // Some more than needed, as finding who has left the most looks at all.
            while sizes.all > 0, sizes.all + size > limits.all / 8 * 7,
                let largest = try largestPeer()
            {
                let most = try self.size(of: largest)
                var rest = sizes
                rest.peer = most
                repeat {
                    guard try dropOldest(of: largest, &rest) else { break }
                } while rest.all + size > limits.all / 8 * 7 && rest.peer > most / 2
                if largest == peer.bytes { sizes.peer = rest.peer }
                sizes.all = rest.all
            }
        }
        sizes.peer += size
        sizes.all += size
        parkedSizes = sizes
    }

    /// What an entry takes that waits, with what is noted for each that it waits for.
    static func parkedSize(of entry: IncomingEntry, _ reasonCount: Int) -> Int64 {
        Int64(entry.signed.bytes.count + (entry.body?.count ?? 0) + 96 * reasonCount)
    }

    private func countParked() throws -> ParkedSizes {
        ParkedSizes(
            peer: try size(of: peer.bytes),
            all: try replica.database.integer("SELECT sum(size) FROM parked") ?? 0
        )
    }

    private func size(of peer: [UInt8]) throws -> Int64 {
        try replica.database.integer("SELECT sum(size) FROM parked WHERE peer = ?", .bytes(peer))
            ?? 0
    }

    private func largestPeer() throws -> [UInt8]? {
        let row = try replica.database.statement(
            "SELECT peer FROM parked GROUP BY peer ORDER BY sum(size) DESC, peer LIMIT 1"
        )
        guard try row.step() else { return nil }
        return row.bytes(0)
    }

    /// Drops what a peer left first; false where it left nothing.
    private func dropOldest(of peer: [UInt8], _ sizes: inout ParkedSizes) throws -> Bool {
        let row = try replica.database.statement(
            "SELECT id, size FROM parked WHERE peer = ? ORDER BY turn LIMIT 1",
            .bytes(peer)
        )
        guard try row.step() else { return false }
        let id = row.bytes(0)
        sizes.peer -= row.integer(1)
        sizes.all -= row.integer(1)
        try replica.database.run("DELETE FROM waiting WHERE parked = ?", .bytes(id))
        try replica.database.run("DELETE FROM parked WHERE id = ?", .bytes(id))
        return true
    }
}
