import ArticleFormats
import ArticleModel
import CommandArguments
import Diagnostics
import Files

/// `galley import`.
enum ImportCommand: Command {
    static let description = CommandDescription(
        "import",
        "take articles in from files",
        discussion: """
            Reads text pages as scrapers leave them (several articles on one page are told apart), \
            Markdown with front matter, and plain text. The same bytes again add nothing. A folder \
            stands for the .txt, .md and .markdown files in it; '-' is standard input.
            """,
        arguments: [ArgumentDescription("path", "files and folders", count: .oneOrMore)],
        options: [
            OptionDescription(
                "format",
                value: "FORMAT",
                "text-page, markdown or text; else it is guessed"
            ),
            OptionDescription("split", value: "WHEN", "auto, or never: a page is one article"),
            OptionDescription("tag", value: "TAG", repeats: true, "put this tag on what comes in"),
            OptionDescription(
                "fetched-at",
                value: "TIME",
                "when the page was fetched (2025-06-03T14:30Z): dates 'Updated 5 sec ago'"
            ),
            OptionDescription(flag: "dry-run", "say what would come in; needs no library"),
            OptionDescription(flag: "ndjson", "one JSON object a file, on a line of its own"),
        ],
        examples: [
            CommandExample("galley import page.txt", "takes a page in"),
            CommandExample(
                "galley import --dry-run --ndjson pages/",
                "shows what is found, dropped and doubted"
            ),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let options = try self.options(line)
        let tags = try line.values("tag").map { text in
            guard let tag = ScalarText(UnicodeForms.composed(text)), !tag.isEmpty else {
                throw line.misuse("“\(text)” is no tag.")
            }
            return tag.string
        }
        let paths = try files(line.arguments("path"))
        guard !paths.isEmpty else {
            throw ClientError(
                .notFound,
                "import.nothing",
                "No file there ends in .txt, .md or .markdown. Name files to take them as they are."
            )
        }
        let target: ImportTarget =
            line.has("dry-run") ? ImportPreview(client) : try ImportIntoLibrary(client, tags: tags)
        var failedCount = 0
        var doneCount = 0
        for path in paths {
            do {
                let bytes = try read(path, client)
                let articles = try Importer.articles(from: bytes, name: path, options: options)
                try target.take(articles, from: path, bytes: bytes)
                doneCount += 1
            } catch {
                let error = ClientError(error)
                // What stops one file is told beside it; what stops the library, as a full disk
                // does, stops the run.
                let isOfTheFile =
                    error.kind.hasPrefix("format.")
                    || error.kind.hasPrefix("file.") && error.kind != "file.full"
                guard isOfTheFile else { throw error }
                failedCount += 1
                target.refuse(path, error)
                if failedCount == 1, doneCount == 0 { target.firstFailure = error }
            }
        }
        try target.finish()
        if failedCount == 0 { return .done }
        return doneCount > 0 ? .partly : target.firstFailure?.exit ?? .failed
    }

    private static func options(_ line: ParsedCommand) throws -> Importer.Options {
        var options = Importer.Options()
        let formats = ImportFormat.allCases.map(\.rawValue)
        options.format = try line.choice("format", among: formats).flatMap(ImportFormat.init)
        options.splits = try line.choice("split", among: ["auto", "never"]) != "never"
        if let text = line.value("fetched-at") {
            let reading = ArticleDate.Reading(iso8601: text)
            guard let time = RFC3339.milliseconds(of: text) ?? reading?.millisecondsSince1970 else {
                throw line.misuse("“\(text)” is no time: write it as 2025-06-03T14:30:00Z.")
            }
            options.fetchedAtMilliseconds = time
        }
        return options
    }

    /// The files that paths stand for.
    private static func files(_ paths: [String]) throws -> [String] {
        try paths.flatMap { path -> [String] in
            guard path != "-", FileSystem.isFolder(path) else { return [path] }
            return try FileSystem.names(in: path).flatMap { name -> [String] in
                let inner = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
                if FileSystem.isFolder(inner) {
                    // A link to a folder above would lead round and round.
                    return FileSystem.isLink(inner) ? [] : try files([inner])
                }
                let folded = name.lowercased()
                return [".txt", ".md", ".markdown"].contains { folded.hasSuffix($0) } ? [inner] : []
            }
        }
    }

    private static func read(_ path: String, _ client: Client) throws -> [UInt8] {
        let limit = 64 * 1024 * 1024
        do {
            return path == "-"
                ? try client.readInput(limit) : try FileSystem.read(path, limit: limit)
        } catch let error as FileError {
            guard error.code == .tooLarge else { throw error }
            throw ClientError(
                .failed,
                "format.tooLarge",
                "\(error.message) An article is text: split the file, or import a part of it."
            )
        }
    }
}
