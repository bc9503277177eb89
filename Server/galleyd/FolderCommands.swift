import ArticleFormats
import ArticleModel
import CommandArguments
import Diagnostics
import Signing
import Sockets
import SyncServer

/// `galleyd init`: makes a hub.
enum InitCommand {
    static func run(_ command: ParsedCommand) throws {
        let folder = try command.hubFolder()
        let listen = try command.hostPort("listen")
        let settings = HubSettings(
            listen: listen ?? HostPort(host: "", port: HostPort.usualPort),
            address: try command.hostPort("address")
        )
        let key = PrivateKey.generate()
        _ = try HubFolder.create(at: folder.path, settings: settings, key: key)
        let claim = try folder.addClaim()
        let address = "\(settings.address ?? settings.listen)"
        let hubKey = key.publicKey.bytes.hexadecimal
        if command.has("json") {
            try Output.print(
                [
                    "data": .string(folder.path), "address": .string(address),
                    "hub_key": .string(hubKey), "claim_code": .string(claim.text),
                ]
            )
            return
        }
        try Output.write(
            """
            A hub is ready in \(folder.path).

              address     \(address)
              hub key     \(hubKey)
              claim code  \(claim.text)   (good for one library; keep it to yourself)

            Start it:             galleyd run --data \(folder.path)
            Register a library:   galley remote add \(address) --key \(hubKey) --claim \(claim.text)

            """
        )
    }
}

/// `galleyd claim`: makes a claim code.
enum ClaimCommand {
    static func run(_ command: ParsedCommand) throws {
        let folder = try command.hubFolder()
        let key = try folder.key()
        let claim = try folder.addClaim()
        if command.has("json") {
            try Output.print(
                [
                    "hub_key": .string(key.publicKey.bytes.hexadecimal),
                    "claim_code": .string(claim.text),
                ]
            )
        } else {
            try Output.print(claim.text)
        }
    }
}

/// `galleyd status`: says what there is.
enum StatusCommand {
    static func run(_ command: ParsedCommand) throws {
        let status = try command.hubFolder().status()
        if command.has("json") {
            try Output.print(json(status))
        } else {
            try Output.write(text(status))
        }
        // The rest is shown all the same, but the damage must not pass for health.
        for case .failure(let error) in status.libraries { throw error }
    }

    private static func json(_ status: HubStatus) -> JSONValue {
        [
            "data": .string(status.path), "hub_key": .string(status.hubKey.description),
            "running": .bool(status.isRunning),
            "address": .optional(status.runningAt),
            "unused_claims": .integer(Int64(status.claimCount)),
            "limits": .object(status.limits.map { .init($0.name, .string($0.value)) }),
            "statistics": .object(status.statistics.map { .init($0.name, .integer($0.value)) }),
            "libraries": .array(status.libraries.map(json)),
        ]
    }

    private static func json(_ library: Result<HubStatus.Library, ServerError>) -> JSONValue {
        switch library {
        case .failure(let error): ["error": .string(error.message)]
        case .success(let library):
            [
                "id": .string(library.id.description), "name": .string(library.name),
                "users": .integer(Int64(library.userCount)),
                "devices": .integer(Int64(library.deviceCount)),
                "articles": .integer(Int64(library.articleCount)),
                "entries": .integer(Int64(library.entryCount)),
                "position": .integer(Int64(clamping: library.position)),
                "accumulator": .string(library.accumulator.hexadecimal),
                "membership": .integer(Int64(clamping: library.membershipSequence)),
                "parked": .integer(Int64(library.parkedCount)),
                "last_change": .optional(
                    library.lastChangeMilliseconds.map(RFC3339.text(ofMilliseconds:))
                ),
                "state_hash": .string(library.stateHash.hexadecimal),
            ]
        }
    }

    private static func text(_ status: HubStatus) -> String {
        var lines = ["Hub in \(status.path)", "  key            \(status.hubKey)"]
        lines.append(
            "  running        "
                + (status.isRunning ? "yes, on \(status.runningAt ?? "an unknown address")" : "no")
        )
        lines.append("  unused claims  \(status.claimCount)")
        lines += block("Now", status.statistics.map { ($0.name, String($0.value)) })
        lines += block("Limits", status.limits)
        if status.libraries.isEmpty { lines.append("No library is registered yet.") }
        for library in status.libraries {
            switch library {
            case .failure(let error): lines += ["", "DAMAGED: \(error.message)"]
            case .success(let library): lines += [""] + text(library)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Names and values under a title; nothing where there are none.
    private static func block(_ title: String, _ values: [(name: String, value: String)])
        -> [String]
    {
        guard !values.isEmpty else { return [] }
        let width = values.map(\.name.count).max() ?? 0
        return [title]
            + values.map { name, value in
                "  " + name + String(repeating: " ", count: width - name.count + 2) + value
            }
    }

    private static func text(_ library: HubStatus.Library) -> [String] {
        let changed = library.lastChangeMilliseconds.map(RFC3339.text(ofMilliseconds:)) ?? "never"
        return [
            "Library \(library.name) (\(library.id.handle.prefix(8)))",
            "  members        \(library.userCount) with \(library.deviceCount) devices",
            "  articles       \(HumanSize.text(ofCount: library.articleCount))",
            "  entries        \(HumanSize.text(ofCount: library.entryCount))",
            "  waiting        \(library.parkedCount)",
            "  last change    \(changed)",
            "  state          \(library.stateHash.hexadecimal)",
        ]
    }
}
