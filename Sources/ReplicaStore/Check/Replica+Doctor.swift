import ArticleModel
import CBOR
import SQLite
import Signing

/// What a doctor found in a replica's derived rows.
public struct DoctorReport: Hashable, Sendable {
    /// What SQLite's own check says; empty for nothing wrong.
    public let integrityProblems: [String]
    /// The tables whose rows were not what follows from the log.
    public let differingTables: [String]
    /// The state hash as the rows were; nil where they could not be read.
    public let hashBefore: [UInt8]?
    /// The state hash as it follows from the log.
    public let hashAfter: [UInt8]
    /// Whether the rows were replaced by what follows from the log.
    public let isRepaired: Bool

    /// Whether nothing was wrong.
    public var isSound: Bool {
        integrityProblems.isEmpty && differingTables.isEmpty && hashBefore == hashAfter
    }
}

extension Replica {
    /// Derives everything anew from the log and compares it with what was there.
    ///
    /// Leaves the replica as it was unless `repairing` and something differs.
    public func doctor(repairing: Bool) throws(ReplicaError) -> DoctorReport {
        let problems = try integrityProblems()
        // What was not derived yet is no difference; what cannot be is found below.
        _ = try? derive()
        var report: DoctorReport?
        do {
            try write {
                try? deriveRest()
                while (try? settleBatch(limit: 1_000)) ?? 0 > 0 {}
                let before = try derivedDigests()
                // Rows that cannot be read are the very thing a doctor is called for.
                let hashBefore = try? computeStateHash()
                try deriveAgain()
                while try settleBatch(limit: 1_000) > 0 {}
                let after = try derivedDigests()
                let differing = Schema.comparedQueries.map(\.table)
                    .filter { before[$0] != after[$0] }
                let hashAfter = try computeStateHash()
                let isWrong = !differing.isEmpty || hashBefore != hashAfter
                report = DoctorReport(
                    integrityProblems: problems,
                    differingTables: differing,
                    hashBefore: hashBefore,
                    hashAfter: hashAfter,
                    isRepaired: isWrong && repairing
                )
                if !(isWrong && repairing) { throw NothingToKeep() }
            }
        } catch  where error.cause is NothingToKeep {
            // Rolled back, as meant.
        }
        guard let report else { throw ReplicaError(.damaged, "The check did not end.") }
        return report
    }

    /// What SQLite's own check of the file and of the search index says; empty for nothing wrong.
    public func integrityProblems() throws(ReplicaError) -> [String] {
        try perform {
            var problems: [String] = []
            let rows = try database.statement("PRAGMA integrity_check")
            while try rows.step() {
                let line = rows.text(0)
                if line != "ok" { problems.append(line) }
            }
            do throws(DatabaseError) {
                try database.run("INSERT INTO search (search) VALUES ('integrity-check')")
            } catch {
                guard error.code == .corrupt else { throw error }
                problems.append("the search index does not fit the words it was made from")
            }
            return problems
        }
    }

    /// A digest of each derived table, read in the order of its key.
    private func derivedDigests() throws -> [String: [UInt8]] {
        var digests: [String: [UInt8]] = [:]
        for (table, query) in Schema.comparedQueries {
            var hash = SHA256()
            let rows = try database.statement(query)
            while try rows.step() {
                var writer = CBORWriter()
                for column in 0..<rows.columnCount { writer.bytes(rows.bytes(column)) }
                hash.update(writer.bytes)
            }
            digests[table] = hash.finalize()
        }
        return digests
    }
}

/// Thrown to have a transaction rolled back that was a trial.
private struct NothingToKeep: Error {}

extension Schema {
    /// The derived tables but for the search index, with all that must be equal when they are
    /// derived again: row numbers of articles are chance.
    static let comparedQueries: [(table: String, query: String)] = [
        ("chain", "SELECT id, device, forked FROM chain ORDER BY id"),
        ("dependency", "SELECT chain, id, entry FROM dependency ORDER BY chain, id, entry"),
        ("change", "SELECT id, entry, part, article, fault FROM change ORDER BY id, entry"),
        (
            "article",
            """
            SELECT id, title, date, excerpt, scalars, changes, notes, open_notes, conflicts,
                deleted, newer, last_lamport, last_change, last_time, last_device
            FROM article ORDER BY id
            """
        ),
        (
            "article_state",
            """
            SELECT id, state FROM article_state JOIN article ON row = article_state.article
            ORDER BY id
            """
        ),
        (
            "article_view",
            """
            SELECT id, view FROM article_view JOIN article ON row = article_view.article
            ORDER BY id
            """
        ),
        (
            "conflict",
            """
            SELECT conflict.id, article.id FROM conflict JOIN article ON row = conflict.article
            ORDER BY conflict.id
            """
        ),
        (
            "review",
            """
            SELECT review.id, article.id FROM review JOIN article ON row = review.article
            ORDER BY review.id
            """
        ),
        ("closing", "SELECT conflict, change FROM closing ORDER BY conflict, change"),
        ("tag", "SELECT id, tag FROM tag JOIN article ON row = tag.article ORDER BY id, tag"),
        (
            "note",
            """
            SELECT id, change, number FROM note JOIN article ON row = note.article
            ORDER BY change, number
            """
        ),
    ]
}
