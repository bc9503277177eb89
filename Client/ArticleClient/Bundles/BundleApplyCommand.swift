import ArticleFormats
import ArticleModel
import CommandArguments
import Files
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol

/// `galley bundle verify`.
enum BundleVerifyCommand: Command {
    static let path = ["bundle", "verify"]
    static let description = CommandDescription(
        "verify",
        "check a bundle, and whether it can be applied here",
        discussion: """
            Checksums, signatures and every rule, as if it were applied; then all is taken back. \
            Without the bundle's library here, only the bundle itself is checked.
            """,
        arguments: [ArgumentDescription("file", "the bundle")],
        examples: [CommandExample("galley bundle verify more.bundle", "changes nothing")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let path = try line.required("file")
        let header = try BundleFiles.withSource(path) {
            try BundleImport.check($0, depth: .contents)
        }
        let library = FileSystem.exists(client.places.library) ? try OpenLibrary(client) : nil
        guard let library, library.replica.library == header.library else {
            let text = BundleText(header, nil)
            if client.output.isText {
                client.output.print("Sound: \(text.contents), by \(text.author).")
                client.output.message(
                    "Its library is not here, so who its authors are could not be checked."
                )
            } else {
                client.output.json(
                    text.json("galley.bundle/1", path: path, [JSONValue.Member("applies", .null)])
                )
            }
            return .done
        }
        let report = try BundleApplyCommand.take(path, into: library, isTrial: true)
        let text = BundleText(header, library)
        if client.output.isText {
            client.output.print(
                "Good: \(text.contents), by \(text.author); "
                    + "\(report.newCount + report.recordCount) of it new here."
            )
        } else {
            client.output.json(
                text.json(
                    "galley.bundle/1",
                    path: path,
                    [
                        JSONValue.Member("applies", true),
                        JSONValue.Member("new", .integer(Int64(report.newCount))),
                        JSONValue.Member("new_records", .integer(Int64(report.recordCount))),
                    ]
                )
            )
        }
        return .done
    }
}

/// `galley bundle apply`.
enum BundleApplyCommand: Command {
    static let path = ["bundle", "apply"]
    static let description = CommandDescription(
        "apply",
        "take in a bundle and merge it",
        discussion: """
            Every signature and rule is checked as in a sync. All of the bundle is taken, or, \
            where it is damaged or goes on from what is not here, nothing. Bundles may come in any \
            order that connects, and any number of times.
            """,
        arguments: [ArgumentDescription("file", "the bundle")],
        examples: [CommandExample("galley bundle apply all.bundle", "merges what is new")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let path = try line.required("file")
        let library = try OpenLibrary(client)
        var news = try SyncNews(before: library)
        let report = try take(path, into: library, isTrial: false)
        try BundleMark.keep(report.header.frontier, in: library.replica)
        let own = try BundleExport(library.replica).frontier()
        try BundleMark.keep(own, in: library.replica)
        try news.look()
        // Names of members that came with the bundle are known from here on.
        let text = BundleText(report.header, try OpenLibrary(client))
        let mark = BundleMark.text(own, in: library.replica.library)
        if client.output.isText {
            tell(report, text, mark: mark, path: path, news, client)
        } else {
            client.output.json(json(report, text, mark: mark, path: path, news))
        }
        if try library.replica.unindexedCount() > 0 { _ = try library.replica.indexForSearch() }
        return .done
    }

    /// Takes a bundle in, with failures that name devices.
    static func take(
        _ path: String,
        into library: OpenLibrary,
        isTrial: Bool
    ) throws -> BundleImport.Report {
        do {
            return try BundleFiles.withSource(path) {
                try BundleImport(library.replica).apply($0, isTrial: isTrial)
            }
        } catch let error as BundleError {
            throw try library.naming(error)
        }
    }

    private static func tell(
        _ report: BundleImport.Report,
        _ text: BundleText,
        mark: String,
        path: String,
        _ news: SyncNews,
        _ client: Client
    ) {
        var facts = ["\(counted(report.newCount, "change set")) from \(text.author)"]
        if report.knownCount > 0 { facts.append("\(report.knownCount) were here before") }
        if report.recordCount > 0 { facts.append(counted(report.recordCount, "membership record")) }
        client.output.print(
            "\(path): \(facts.joined(separator: ", ")). Mark \(mark).\(news.facts)"
        )
        for chain in report.forkedChains {
            client.output.warning("Chain \(chain.handle.prefix(8)) was signed twice; both count.")
        }
        news.tell()
    }

    private static func json(
        _ report: BundleImport.Report,
        _ text: BundleText,
        mark: String,
        path: String,
        _ news: SyncNews
    ) -> JSONValue {
        let (conflicts, reviews, settled) = news.json
        return text.json(
            "galley.bundle_apply/1",
            path: path,
            [
                JSONValue.Member("new", .integer(Int64(report.newCount))),
                JSONValue.Member("known", .integer(Int64(report.knownCount))),
                JSONValue.Member("new_records", .integer(Int64(report.recordCount))),
                JSONValue.Member("own_mark", .string(mark)),
                JSONValue.Member("conflicts", conflicts), JSONValue.Member("merged", reviews),
                JSONValue.Member("settled", settled),
            ]
        )
    }
}
