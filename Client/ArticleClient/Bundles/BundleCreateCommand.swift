import ArticleFormats
import CommandArguments
import Diagnostics
import Files
import SyncEngine
import SyncProtocol

/// `galley bundle create`.
enum BundleCreateCommand: Command {
    static let path = ["bundle", "create"]
    static let description = CommandDescription(
        "create",
        "write changes into a file, for machines that share no network",
        discussion: """
            What a sync would send goes into a file, signed by this device: everything, or with \
            --since only what the other machine lacks. Name what it has by a bundle: one that went \
            there and was applied, or one that came from there; or by the mark that was printed \
            for it. To send too much does no harm.
            """,
        arguments: [ArgumentDescription("file", "the file to make")],
        options: [
            OptionDescription(
                "since",
                value: "MARK",
                repeats: true,
                "a bundle's file, or a mark; several add up"
            ),
            OptionDescription(flag: "force", "replace a file that is there"),
        ],
        examples: [
            CommandExample("galley bundle create all.bundle", "everything"),
            CommandExample(
                "galley bundle create more.bundle --since all.bundle",
                "what came after that one"
            ),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let path = try line.required("file")
        let bases = try line.values("since").map { try BundleMark.frontier($0, in: library) }
        let key = try library.key()
        var draft = try FileDraft(for: path, mode: 0o600, replacing: line.has("force"))
        var byteCount = 0
        let header = try BundleExport(library.replica).write(
            since: bases,
            signedBy: key,
            now: client.now()
        ) { bytes in
            byteCount += bytes.count
            try draft.write(bytes)
        }
        try draft.keep()
        try BundleMark.keep(header.frontier, in: library.replica)
        let text = BundleText(header, library)
        if client.output.isText {
            client.output.print(
                "\(path): \(text.contents) (\(HumanSize.text(ofBytes: byteCount))). "
                    + "Mark \(text.mark)."
            )
            client.output.hint("galley bundle apply \(path), on the other machine")
        } else {
            client.output.json(text.json("galley.bundle/1", path: path, byteCount: byteCount))
        }
        return .done
    }
}
