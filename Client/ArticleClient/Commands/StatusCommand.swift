import ArticleFormats
import ArticleModel
import CommandArguments
import Membership
import ReplicaStore

/// `galley status`.
enum StatusCommand: Command {
    static let description = CommandDescription(
        "status",
        "show how the library stands",
        options: [
            OptionDescription(flag: "exit-code", "end with 4 where something waits for a decision"),
            OptionDescription(flag: "hash", "the state hash too: equal on equal replicas"),
        ],
        examples: [
            CommandExample("galley status", "counts, and what waits"),
            CommandExample("galley status --json", "for scripts, with the state hash"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let status = try library.replica.status()
        let isJSON = !client.output.isText
        let waiting = try StatusOfWaiting(library, status)
        let hash = isJSON || line.has("hash") ? try library.replica.stateHash().hexadecimal : nil
        if isJSON {
            client.output.json(json(status, hash: hash, library, waiting))
        } else {
            show(status, hash: hash, library, waiting, client)
        }
        return line.has("exit-code") && status.conflictCount > 0 ? .attention : .done
    }

    private static func show(
        _ status: ReplicaStatus,
        hash: String?,
        _ library: OpenLibrary,
        _ waiting: StatusOfWaiting,
        _ client: Client
    ) {
        let output = client.output
        let role = library.user.flatMap { library.members.role(of: $0) }
        let me = library.device.map { library.name(of: $0) } ?? "no device of it"
        output.paragraph(
            "\(library.members.libraryName): \(me)\(role.map { ", \($0)" } ?? "") — "
                + client.places.library
        )
        var facts = [counted(status.articleCount, "article")]
        if status.deletedCount > 0 { facts.append("\(status.deletedCount) deleted") }
        if status.openNoteCount > 0 { facts.append(counted(status.openNoteCount, "open note")) }
        facts.append(counted(status.conflictCount, "conflict"))
        if status.reviewCount > 0 { facts.append("\(status.reviewCount) to review") }
        output.print(facts.joined(separator: ", "))
        if let hub = library.members.hub {
            output.paragraph("hub \(hub.address): \(status.pendingCount) pending")
        } else {
            output.print("no hub: everything stays on this machine")
        }
        for line in waiting.lines { output.paragraph(line) }
        if status.faultCount > 0 { output.print("\(status.faultCount) changes without effect") }
        if let hash { output.print("state \(hash)") }
        for hint in waiting.hints { output.hint(hint) }
        if status.conflictCount > 0 { output.hint("galley conflicts shows where") }
        if status.reviewCount > 0 { output.hint("galley review shows what was merged") }
        if status.faultCount > 0 { output.hint("galley verify lists them") }
        if status.pendingCount > 0, library.members.hub != nil {
            output.hint("galley sync sends it")
        }
    }

    private static func json(
        _ status: ReplicaStatus,
        hash: String?,
        _ library: OpenLibrary,
        _ waiting: StatusOfWaiting
    ) -> JSONValue {
        [
            "schema": "galley.status/1", "library": .string(library.replica.library.description),
            "name": .string(library.members.libraryName), "path": .string(library.replica.path),
            "user": .optional(library.user.map { library.name(of: $0) }),
            "device": .optional(library.device.map { library.name(of: $0) }),
            "hub": .optional(library.members.hub?.address),
            "articles": .integer(Int64(status.articleCount)),
            "deleted": .integer(Int64(status.deletedCount)),
            "conflicts": .integer(Int64(status.conflictCount)),
            "to_review": .integer(Int64(status.reviewCount)),
            "open_notes": .integer(Int64(status.openNoteCount)),
            "entries": .integer(Int64(status.entryCount)),
            "pending": .integer(Int64(status.pendingCount)),
            "parked": .integer(Int64(status.parkedCount)),
            "parked_bytes": .integer(Int64(status.parkedByteCount)),
            "missing": .strings(waiting.missing.entries.map(\.description)),
            "missing_record": waiting.missing.record.map { .integer(Int64(clamping: $0)) } ?? .null,
            "held_back": .integer(Int64(status.heldBackCount)), "refused": waiting.refusedJSON,
            "unsound": .integer(Int64(status.unsoundCount)),
            "forks": .integer(Int64(status.forkCount)),
            "needs_newer": .integer(Int64(status.newerChangeCount)),
            "without_effect": .integer(Int64(status.faultCount)),
            "members": .integer(Int64(library.members.users.count)),
            "hub_position": .integer(Int64(clamping: status.hubHead.position)),
            "state_hash": .optional(hash),
        ]
    }
}
