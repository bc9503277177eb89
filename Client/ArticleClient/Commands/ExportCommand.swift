import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import Files
import ReplicaStore

/// `galley export`.
enum ExportCommand: Command {
    static let description = CommandDescription(
        "export",
        "write articles, or the signed log, in open formats",
        discussion: """
            markdown: a file an article, with front matter and notes, which can be imported again. \
            json: everything there is to know of an article. changesets: the signed entries as a \
            CBOR sequence (RFC 8742) of COSE_Sign1 messages (RFC 9052), with the members' public \
            keys in FILE.keys.json and the bodies in FILE.bodies beside it.
            """,
        arguments: [ArgumentDescription("id", "articles; all where none is named", count: .any)],
        options: [
            OptionDescription(
                "format",
                value: "FORMAT",
                isRequired: true,
                "markdown, json or changesets"
            ),
            OptionDescription(
                "output",
                short: "o",
                value: "PATH",
                "a file, or a folder for several"
            ),
            OptionDescription(flag: "no-notes", "without notes (markdown)"),
        ],
        examples: [
            CommandExample("galley export k7qd --format markdown", "to standard output"),
            CommandExample(
                "galley export --format markdown -o backup/",
                "all articles, a file each"
            ),
            CommandExample("galley export --format changesets -o log.cbor", "what was signed"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let format = try line.choice("format", among: ["markdown", "json", "changesets"])
        let library = try OpenLibrary(client)
        if format == "changesets" { return try ChangeSetExport.run(line, library, client) }
        let articles: [ArticleSummary]
        if line.arguments("id").isEmpty {
            articles = try library.replica.articles()
        } else {
            articles = try line.arguments("id").map { try library.article($0) }
        }
        let writer = Writer(
            isMarkdown: format == "markdown",
            hasNotes: !line.has("no-notes"),
            library: library
        )
        guard let path = line.value("output"), path != "-" else {
            return try print(articles, writer, line, client)
        }
        let isFolder = path.hasSuffix("/") || FileSystem.isFolder(path) || articles.count != 1
        if isFolder { try FileSystem.makeFolder(path, mode: 0o755) }
        for article in articles {
            let file = isFolder ? "\(path)/\(writer.fileName(of: article))" : path
            try FileSystem.write(writer.bytes(of: article), to: file)
        }
        client.output.message("Wrote \(counted(articles.count, "article")) to \(path).")
        return .done
    }

    private static func print(
        _ articles: [ArticleSummary],
        _ writer: Writer,
        _ line: ParsedCommand,
        _ client: Client
    ) throws -> ExitCode {
        // Several JSON documents in a row are NDJSON; several Markdown files are no file.
        guard articles.count == 1 || !writer.isMarkdown else {
            throw line.misuse(
                "There are \(articles.count) articles to write: name one, or give a folder by -o."
            )
        }
        for article in articles { client.output.raw(try writer.bytes(of: article)) }
        return .done
    }

    /// Writes single articles.
    private struct Writer {
        let isMarkdown: Bool
        let hasNotes: Bool
        let library: OpenLibrary

        func bytes(of article: ArticleSummary) throws -> [UInt8] {
            guard let state = try library.replica.article(article.id) else {
                throw ClientError(
                    .integrity,
                    "library.damaged",
                    "Article \(article.shortHandle) is listed but cannot be read.",
                    hint: "galley doctor --rebuild derives everything anew from the log"
                )
            }
            let conflicts = try library.conflicts(of: article.id)
            if isMarkdown {
                let names = hasNotes ? library.names : nil
                let text = ConflictText(library: library)
                let remarks = conflicts.map { "open conflict \(text.line($0).plain)" }
                return Array(MarkdownExport.text(state, notesBy: names, remarks: remarks).utf8)
            }
            let document = JSONExport.article(
                state,
                names: library.names,
                conflicts: conflicts.map { $0.json(in: library) }
            )
            return JSONWriter.bytes(document) + [0x0A]
        }

        /// The title in letters every system takes, and the id, which parts equal titles.
        func fileName(of article: ArticleSummary) -> String {
            var slug = ""
            for scalar in UnicodeForms.folded(article.title).unicodeScalars {
                if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                    slug.unicodeScalars.append(scalar)
                } else if !slug.isEmpty, !slug.hasSuffix("-") {
                    slug += "-"
                }
                if slug.utf8.count >= 60 { break }
            }
            while slug.hasSuffix("-") { slug.removeLast() }
            let name = slug.isEmpty ? "article" : slug
            return "\(name)-\(article.id.handle.prefix(8)).\(isMarkdown ? "md" : "json")"
        }
    }
}
