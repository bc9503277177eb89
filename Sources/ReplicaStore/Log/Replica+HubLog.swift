public import ArticleModel
import SQLite

extension Replica {
    /// How far the hub's log goes, as known here.
    public func hubHead() throws(ReplicaError) -> LogHead {
        try readLog { try storedHead() }
    }

    func storedHead() throws -> LogHead {
        let row = try database.statement(
            "SELECT position, accumulator FROM hub_log ORDER BY position DESC LIMIT 1"
        )
        guard try row.step() else { return .start(of: library) }
        return LogHead(position: UInt64(clamping: row.integer(0)), accumulator: row.bytes(1))
    }

    /// The hub's log up to `position`; nil past its end.
    public func hubHead(at position: UInt64) throws(ReplicaError) -> LogHead? {
        guard position > 0 else { return .start(of: library) }
        return try readLog {
            let row = try database.statement(
                "SELECT accumulator FROM hub_log WHERE position = ?",
                .integer(Int64(clamping: position))
            )
            guard try row.step() else { return nil }
            return LogHead(position: position, accumulator: row.bytes(0))
        }
    }

    /// Gives the entry numbered `row` the position after `head`; `isUnplaced` where it is listed as
    /// having none.
    func place(
        _ id: ChangeSetID,
        row: Int64,
        after head: LogHead,
        isUnplaced: Bool
    ) throws -> LogHead {
        let next = head.followed(by: id)
        try statements().insertPosition.run(
            .integer(Int64(clamping: next.position)),
            .integer(row),
            .bytes(next.accumulator)
        )
        if isUnplaced { try statements().deleteUnplaced.run(.integer(row)) }
        return next
    }

    /// The position of an entry in the hub's log; nil where it has none.
    func position(ofRow row: Int64) throws -> UInt64? {
        try database.integer("SELECT position FROM hub_log WHERE entry = ?", .integer(row))
            .map { UInt64(clamping: $0) }
    }

    /// Takes the positions after `position` away from their entries, because the hub went back in
    /// time: the entries count as not sent, and the cursors end there.
    public func rewindHubLog(to position: UInt64) throws(ReplicaError) {
        try write {
            let last = Value.integer(Int64(clamping: position))
            try database.run(
                "INSERT OR IGNORE INTO unplaced SELECT entry FROM hub_log WHERE position > ?",
                last
            )
            try database.run("DELETE FROM hub_log WHERE position > ?", last)
            let head = try storedHead()
            try database.run(
                "UPDATE remote SET position = ?1, accumulator = ?2 WHERE position > ?1",
                .integer(Int64(clamping: head.position)),
                .bytes(head.accumulator)
            )
        }
    }
}

// MARK: - Hubs that are followed

/// A hub and how far its log was followed.
public struct Remote: Hashable, Sendable {
    /// The hub's key.
    public let hub: DeviceKey
    /// Where it is reached: host and port.
    public let address: String
    /// How far its log was followed.
    public let cursor: LogHead
}

extension Replica {
    /// The hubs this replica follows.
    public func remotes() throws(ReplicaError) -> [Remote] {
        try readLog {
            let rows = try database.statement(
                "SELECT hub, address, position, accumulator FROM remote ORDER BY hub"
            )
            var result: [Remote] = []
            while try rows.step() {
                guard let hub = DeviceKey(rows.bytes(0)) else { throw damagedLog("a hub") }
                let cursor = LogHead(
                    position: UInt64(clamping: rows.integer(2)),
                    accumulator: rows.bytes(3)
                )
                result.append(Remote(hub: hub, address: rows.text(1), cursor: cursor))
            }
            return result
        }
    }

    /// Follows `hub` at `address` from now on; keeps the cursor of a hub that is known.
    public func setRemote(hub: DeviceKey, address: String) throws(ReplicaError) {
        try write {
            let start = LogHead.start(of: library)
            try database.run(
                """
                INSERT INTO remote (hub, address, position, accumulator) VALUES (?, ?, ?, ?)
                ON CONFLICT (hub) DO UPDATE SET address = excluded.address
                """,
                .bytes(hub.bytes),
                .text(address),
                .integer(Int64(clamping: start.position)),
                .bytes(start.accumulator)
            )
        }
    }

    /// Stops following `hub`.
    public func removeRemote(hub: DeviceKey) throws(ReplicaError) {
        try write {
            try database.run("DELETE FROM remote WHERE hub = ?", .bytes(hub.bytes))
            // Another hub may take what this one did not.
            try database.run("DELETE FROM refused WHERE hub = ?", .bytes(hub.bytes))
        }
    }

    func cursor(of hub: DeviceKey) throws -> LogHead? {
        let row = try database.statement(
            "SELECT position, accumulator FROM remote WHERE hub = ?",
            .bytes(hub.bytes)
        )
        guard try row.step() else { return nil }
        return LogHead(position: UInt64(clamping: row.integer(0)), accumulator: row.bytes(1))
    }
}
