import ArticleModel
import Backup
import Files
import Membership
import ReplicaStore

/// Makes a library of a backup; a library that is there is set aside, never lost.
struct LibraryRestoring {
    /// What was done.
    struct Outcome {
        /// Where this device's key is.
        enum Key: String {
            /// It was on this machine.
            case here
            /// It came from the backup.
            case restored
            /// Nowhere: the library can be read, not changed.
            case missing
        }

        let path: String
        let facts: ReplicaFacts
        /// When the backup was made.
        let made: Int64
        let key: Key
        /// Where the library is that was there before.
        let replaced: String?
        /// The change sets it has that the backup lacks; nil where it cannot be read.
        let missingCount: Int?
    }

    let backup: String
    let target: String
    let isReplacing: Bool
    let client: Client

    private var draft: String { "\(target).restoring-\(Surroundings.processID)" }

    func run() throws -> Outcome {
        guard isReplacing || !FileSystem.exists(target) else {
            throw ClientError(
                .failed,
                "library.exists",
                "There is a library at \(target) already. Nothing was changed.",
                hint: "--replace puts the backup in its place and keeps it under another name; "
                    + "--to PATH restores elsewhere"
            )
        }
        try FileSystem.makeFolder(FileSystem.folder(of: target))
        defer { LibraryBackup.removeFiles(at: draft) }
        let read = try LibraryBackup(backup, replicaTo: draft)
        let members = try prepare()
        let replaced = try putInPlace()
        var key = Outcome.Key.missing
        let keys = KeyFolder(client.places.keys)
        if let kept = read.key, members.device(kept.device) != nil,
            try keys.keep(kept.pem, of: kept.device)
        {
            key = .restored
        } else if keys.device(of: members) != nil {
            key = .here
        }
        return Outcome(
            path: target,
            facts: read.facts,
            made: read.manifest.timeMilliseconds,
            key: key,
            replaced: replaced,
            missingCount: replaced.flatMap { missing(in: $0, facts: read.facts) }
        )
    }

    /// Makes the replica from the backup one that may take a library's place.
    private func prepare() throws -> MembershipLog {
        let replica = try Replica(opening: draft)
        let problems = try replica.integrityProblems()
        guard problems.isEmpty else {
            throw BackupError(
                .damaged,
                "The library in the backup \(backup) is damaged: \(problems[0]). Nothing was "
                    + "changed. Take another backup."
            )
        }
        // Entries that this copy lacks may be with others already, under the numbers it would take.
        try replica.leaveChain()
        return try replica.membership()
    }

    /// Gives the replica its place; the path under which what was there is kept, if anything was.
    private func putInPlace() throws -> String? {
        let kept = freeName("\(target).replaced-\(BackupName.stamp(client.now()))")
        guard FileSystem.exists(target) else {
            // A log without its library would be taken for that of the new one.
            try setLogsAside(to: kept)
            try FileSystem.rename(draft, to: target)
            return nil
        }
        do throws(ReplicaError) {
            try Replica.setAside(target, to: kept) { try swap(with: kept) }
        } catch {
            if let cause = error.cause as? FileError { throw cause }
            guard error.code == .damaged || error.code == .notAReplica else { throw error }
            // What is too damaged to be opened is nobody's library in use.
            try setLogsAside(to: kept)
            try swap(with: kept)
        }
        return kept
    }

    private func swap(with kept: String) throws {
        try FileSystem.rename(target, to: kept)
        do { try FileSystem.rename(draft, to: target) } catch {
            _ = try? FileSystem.rename(kept, to: target)
            throw error
        }
    }

    private func setLogsAside(to kept: String) throws {
        for suffix in ["-wal", "-shm", "-journal"] where FileSystem.exists(target + suffix) {
            try FileSystem.rename(target + suffix, to: kept + suffix)
        }
    }

    private func freeName(_ path: String) -> String {
        guard FileSystem.exists(path) else { return path }
        var number = 2
        while FileSystem.exists("\(path)-\(number)") { number += 1 }
        return "\(path)-\(number)"
    }

    /// How many change sets the replaced library has that the restored one lacks.
    private func missing(in replaced: String, facts: ReplicaFacts) -> Int? {
        // What cannot be read cannot be counted; it is kept all the same.
        guard let old = try? Replica(opening: replaced), old.library == facts.library,
            let new = try? Replica(opening: target)
        else { return nil }
        return try? old.countEntries(missingIn: new)
    }
}
