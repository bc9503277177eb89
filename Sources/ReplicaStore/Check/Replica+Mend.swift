public import ArticleModel
import Membership
import SQLite

/// What was made good in a replica's log.
public struct MendReport: Sendable {
    /// Entries whose damaged bytes were replaced by good ones.
    public internal(set) var replaced: [ChangeSetID] = []
    /// Entries that got a signature that holds.
    public internal(set) var signed: [ChangeSetID] = []
    /// Entries that were missing and are there now.
    public internal(set) var stored: [ChangeSetID] = []
    /// Entries that came and are not what they should be: nothing of them was kept.
    public internal(set) var refused: [(id: ChangeSetID, message: String)] = []
    /// Entries that came and are stored only once everything damaged is mended.
    public internal(set) var waitingCount = 0
    /// What is still damaged: whoever was asked does not have it either.
    public internal(set) var left: [LogDamage.Row] = []
    /// Whether entries lost the positions they had in the hub's log; the next sync gives them again.
    public internal(set) var isHubLogCut = false

    /// Whether the log was changed.
    public var hasMended: Bool {
        !replaced.isEmpty || !signed.isEmpty || !stored.isEmpty || isHubLogCut
    }
    /// Whether the log is sound now, as far as anybody can tell from here.
    public var isWhole: Bool { left.isEmpty && waitingCount == 0 }
}

extension Replica {
    /// Puts entries that `peer` sent in the place of damaged ones and where there are holes, and
    /// derives everything anew; all in one transaction.
    ///
    /// Each is taken only if its body, its own signature and every rule of chains hold. While
    /// anything is left that is damaged nothing can be derived, so that holes stay until then.
    public func mendLog(
        _ damage: LogDamage,
        with entries: [IncomingEntry],
        from peer: DeviceKey
    ) throws(ReplicaError) -> MendReport {
        try write {
            kept = KeptValues()
            try refresh()
            var mender = try Mender(self, damage)
            for entry in entries.sorted(by: { $0.signed.order < $1.signed.order }) {
                try mender.consider(entry)
            }
            try mender.replace()
            if mender.report.left.isEmpty {
                try mender.fillHoles()
                try mendHubLog(&mender.report)
            }
            var report = mender.report
            kept = KeptValues()
            guard report.left.isEmpty, report.hasMended else { return report }
            try deriveAgain()
            if !report.stored.isEmpty {
                var receiver = try Receiver(self, from: peer, placement: .none)
                try receiver.entriesArrived(report.stored)
                report.stored += receiver.report.unparked
                try deriveRest()
            }
            return report
        }
    }

    /// Makes the lists beside the log fit it: what refers to nothing is taken away, and the hub's
    /// order ends where it does not go on.
    private func mendHubLog(_ report: inout MendReport) throws {
        for table in ["unplaced", "unsound", "refused"] {
            try database.run("DELETE FROM \(table) WHERE entry NOT IN (SELECT row FROM entry)")
        }
        var head = LogHead.start(of: library)
        var isBroken = false
        let rows = try database.statement(
            """
            SELECT position, accumulator, id FROM hub_log LEFT JOIN entry ON row = hub_log.entry
            ORDER BY position
            """
        )
        while !isBroken, try rows.step() {
            let next = rows.bytes(ifAny: 2).flatMap { ChangeSetID($0) }.map(head.followed)
            if let next, Int64(clamping: next.position) == rows.integer(0),
                next.accumulator == rows.bytes(1)
            {
                head = next
            } else {
                isBroken = true
            }
        }
        rows.reset()
        if isBroken {
            report.isHubLogCut = true
            try database.run(
                "DELETE FROM hub_log WHERE position > ?",
                .integer(Int64(clamping: head.position))
            )
        }
        try database.run(
            "UPDATE remote SET position = ?1, accumulator = ?2 WHERE position > ?1",
            .integer(Int64(clamping: head.position)),
            .bytes(head.accumulator)
        )
        try database.run(
            """
            INSERT OR IGNORE INTO unplaced SELECT row FROM entry
            WHERE row NOT IN (SELECT entry FROM hub_log)
            """
        )
        try database.run("DELETE FROM unplaced WHERE entry IN (SELECT entry FROM hub_log)")
    }
}

extension SignedChangeSet {
    /// By this an entry stands behind all that it follows from.
    var order: (lamport: UInt64, id: ChangeSetID) { (header.lamport, id) }
}
