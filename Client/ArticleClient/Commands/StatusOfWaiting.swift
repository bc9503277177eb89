import ArticleFormats
import ArticleModel
import Diagnostics
import ReplicaStore

/// What `galley status` says of change sets that are not where they belong yet, and of chains that
/// are not as they should be.
struct StatusOfWaiting {
    /// What entries that came wait for.
    let missing: MissingPieces
    /// What the hub did not take.
    private let refused: [RefusedEntry]
    private let forks: [Fork]
    private let status: ReplicaStatus
    private let library: OpenLibrary

    init(_ library: OpenLibrary, _ status: ReplicaStatus) throws {
        self.library = library
        self.status = status
        missing = try library.replica.missing()
        refused = status.heldBackCount > 0 ? try library.replica.refusedEntries() : []
        forks = status.forkCount > 0 ? try library.replica.forks() : []
    }

    /// For people, a fact a line.
    var lines: [String] {
        var lines: [String] = []
        if status.parkedCount > 0 {
            lines.append(
                "\(status.parkedCount) received (\(HumanSize.text(ofBytes: status.parkedByteCount)))"
                    + ", waiting for \(missingText)"
            )
        }
        if status.heldBackCount > 0 {
            lines.append("\(counted(status.heldBackCount, "change set")) that the hub does not get")
            for entry in refused.prefix(Self.shownCountMax) {
                lines.append("  \(entry.entry.handle.prefix(8)): \(VisibleText.line(entry.text))")
            }
            if refused.count > Self.shownCountMax {
                lines.append("  and \(refused.count - Self.shownCountMax) more")
            }
        }
        if status.unsoundCount > 0 {
            lines.append(
                "\(counted(status.unsoundCount, "signature")) to be fetched again: later ones prove "
                    + "the change sets"
            )
        }
        for fork in forks.prefix(Self.shownCountMax) {
            lines.append(
                "forked: \(library.name(of: fork.device)) signed two change sets numbered "
                    + "\(fork.sequence) on chain \(fork.chain.handle.prefix(8)); both count"
            )
        }
        if forks.count > Self.shownCountMax {
            lines.append("  and \(forks.count - Self.shownCountMax) more chains")
        }
        if status.newerChangeCount > 0 {
            let articles = counted(status.newerArticleCount, "article")
            lines.append(
                "\(counted(status.newerChangeCount, "change")) to \(articles) shown here: needs a "
                    + "newer galley"
            )
        }
        return lines
    }

    /// What can be done about it.
    var hints: [String] {
        var hints: [String] = []
        if !forks.isEmpty {
            hints.append(
                "galley verify --forks shows the proof: was that machine restored or copied? Then "
                    + "nothing is to be done. Else somebody has its key: tell an admin"
            )
        }
        if status.newerChangeCount > 0 {
            hints.append("install a newer galley on this machine: it reads what is kept for it")
        }
        return hints
    }

    var refusedJSON: JSONValue {
        .array(
            refused.map { entry in
                [
                    "entry": .string(entry.entry.description),
                    "chain": .string(entry.chain.description),
                    "sequence": .integer(Int64(clamping: entry.sequence)),
                    "code": .integer(Int64(clamping: entry.code)), "message": .string(entry.text),
                ]
            }
        )
    }

    private static let shownCountMax = 5

    private var missingText: String {
        var parts: [String] = []
        if missing.entryCount > 0 {
            let names = missing.entries.prefix(3).map { String($0.handle.prefix(8)) }
            let more = missing.entryCount > names.count ? " …" : ""
            parts.append(
                "\(counted(missing.entryCount, "change set")) that have not come "
                    + "(\(names.joined(separator: " "))\(more))"
            )
        }
        if let record = missing.record { parts.append("membership record \(record)") }
        return parts.isEmpty ? "others" : parts.joined(separator: " and ")
    }
}
