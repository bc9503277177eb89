public import ArticleModel
import Membership
import SQLite
import Signing

// Of entries that came in runs only the last of each branch had its signature checked: it proves
// those before. Their own are looked at later, in order of arrival; the row up to which that was
// done is kept. One that does not hold is listed in the table `unsound` until a good one comes.

/// What a check of signatures did.
public struct SignatureReport: Hashable, Sendable {
    /// Signatures looked at.
    public internal(set) var checkedCount = 0
    /// Entries whose own signature does not hold.
    public internal(set) var unsound: [ChangeSetID] = []
    /// Whether there is none left to look at.
    public internal(set) var isDone = false
}

/// Which entries proven by later ones had their own signature checked as well.
struct CheckedSignatures {
    /// The row up to which all were looked at.
    let lastRow: Int64
    /// Those whose signature does not hold.
    let unsound: Set<Int64>

    /// Whether the signature of the entry numbered `row` was found good.
    func contain(_ row: Int64) -> Bool { row <= lastRow && !unsound.contains(row) }
}

extension Replica {
    /// Checks the next `count` signatures that were not looked at when their entries came, as a
    /// later entry proved these.
    ///
    /// For idle moments: each costs about a tenth of a millisecond.
    public func checkSignatures(upTo count: Int) throws(ReplicaError) -> SignatureReport {
        var report = SignatureReport()
        let (entries, lastRow) = try readLog { try nextUnchecked(count) }
        var unsound: [Int64] = []
        for (row, signed) in entries {
            report.checkedCount += 1
            guard try !isSound(signed) else { continue }
            unsound.append(row)
            report.unsound.append(signed.id)
        }
        report.isDone = entries.count < count
        let found = unsound
        try write {
            try noteUnsound(found)
            let known = try database.meta(.signatures)?.integer ?? 0
            if lastRow > known { try database.setMeta(.signatures, .integer(lastRow)) }
            kept.signatures = nil
        }
        return report
    }

    /// The entries whose own signature does not hold, so that a good one is to be fetched.
    public func unsoundEntries() throws(ReplicaError) -> [ChangeSetID] {
        try readLog {
            let rows = try database.statement(
                "SELECT id FROM unsound JOIN entry ON row = unsound.entry ORDER BY row"
            )
            var ids: [ChangeSetID] = []
            while try rows.step() {
                guard let id = ChangeSetID(rows.bytes(0)) else { throw damagedLog("an entry") }
                ids.append(id)
            }
            return ids
        }
    }

    /// The first of `entries` that may go to another replica together: none of them is the last of
    /// its branch there unless its own signature is good, and none depends on one left out.
    ///
    /// `entries` are in causal order, as ``entries(afterRow:sizeMax:countMax:)`` gives them.
    public func withSoundEnds(_ entries: [StoredEntry]) throws(ReplicaError) -> [StoredEntry] {
        try checkSignatures(of: entries)
        let signatures = try readLog { try checkedSignatures() }
        guard !signatures.unsound.isEmpty else { return entries }
        var kept = entries
        while true {
            let named = Set(kept.compactMap(\.signed.header.previous))
            var dropped: Set<ChangeSetID> = []
            for entry in kept where !named.contains(entry.signed.id) {
                if signatures.unsound.contains(entry.row) { dropped.insert(entry.signed.id) }
            }
            guard !dropped.isEmpty else { return kept }
            kept.removeAll { entry in
                if entry.signed.header.names(anyOf: dropped) { dropped.insert(entry.signed.id) }
                return dropped.contains(entry.signed.id)
            }
        }
    }

    /// Looks at the signatures of those of `entries` of which none was looked at yet.
    func checkSignatures(of entries: [StoredEntry]) throws(ReplicaError) {
        var unsound: [Int64] = []
        for entry in entries where !entry.isSignatureChecked {
            if try !isSound(entry.signed) { unsound.append(entry.row) }
        }
        guard !unsound.isEmpty else { return }
        let found = unsound
        try write { try noteUnsound(found) }
    }

    func checkedSignatures() throws -> CheckedSignatures {
        if let known = kept.signatures { return known }
        var unsound: Set<Int64> = []
        let rows = try database.statement("SELECT entry FROM unsound")
        while try rows.step() { unsound.insert(rows.integer(0)) }
        let found = CheckedSignatures(
            lastRow: try database.meta(.signatures)?.integer ?? 0,
            unsound: unsound
        )
        kept.signatures = found
        return found
    }

    /// Takes the signature of `signed` in place of one that does not hold, if that is what it is.
    func replaceUnsoundSignature(by signed: SignedChangeSet) throws {
        let row = try database.integer(
            "SELECT entry FROM unsound JOIN entry ON row = unsound.entry WHERE id = ?",
            .bytes(signed.id.bytes)
        )
        guard let row, try isSound(signed) else { return }
        try database.run(
            "UPDATE entry SET header = ?, signature = ? WHERE row = ?",
            .bytes(signed.bytes),
            .integer(SignatureStatus.verified.rawValue),
            .integer(row)
        )
        try database.run("DELETE FROM unsound WHERE entry = ?", .integer(row))
        kept.signatures = nil
    }

    func noteUnsound(_ rows: [Int64]) throws {
        kept.signatures = nil
        for row in rows {
            try database.run("INSERT OR IGNORE INTO unsound (entry) VALUES (?)", .integer(row))
        }
    }

    /// The next entries whose own signature was not looked at, and the row up to which it will be.
    private func nextUnchecked(_ count: Int) throws -> ([(row: Int64, SignedChangeSet)], Int64) {
        let start = try database.meta(.signatures)?.integer ?? 0
        let rows = try database.statement(
            """
            SELECT row, header FROM entry WHERE row > ? AND signature = ? ORDER BY row LIMIT ?
            """,
            .integer(start),
            .integer(SignatureStatus.provenByLater.rawValue),
            .integer(count)
        )
        var entries: [(row: Int64, SignedChangeSet)] = []
        while try rows.step() { entries.append((rows.integer(0), try readHeader(rows.bytes(1)))) }
        guard entries.count < count else { return (entries, entries.last?.row ?? start) }
        return (entries, try database.integer("SELECT max(row) FROM entry") ?? start)
    }

    private func isSound(_ signed: SignedChangeSet) throws(ReplicaError) -> Bool {
        try perform {
            guard let device = try device(of: signed.header) else {
                throw damagedLog("the chain of entry \(signed.id)")
            }
            let key = try kept.keys[device] ?? device.publicKey()
            kept.keys[device] = key
            return (try? signed.verified(by: key)) != nil
        }
    }
}

extension ChangeSetHeader {
    /// Whether the entry goes on from one of `entries` or depends on it.
    func names(anyOf entries: Set<ChangeSetID>) -> Bool {
        previous.map(entries.contains) ?? false || dependencies.contains(where: entries.contains)
    }
}
