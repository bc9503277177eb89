import ArticleFormats
import CommandArguments
import ReplicaStore

/// `galley search`.
enum SearchCommand: Command {
    static let description = CommandDescription(
        "search",
        "find articles by their words",
        discussion: """
            All words must be found, in title, summary, text, notes or tags. Words in quotes must \
            stand in a row; a word that ends in * is the beginning of one.
            """,
        arguments: [ArgumentDescription("words", "what to look for", count: .oneOrMore)],
        options: [
            OptionDescription("limit", short: "n", value: "COUNT", "at most so many (50)"),
            OptionDescription(flag: "all", "deleted articles too"),
        ],
        examples: [
            CommandExample(
                "galley search ferry 'winter timetable'",
                "both words, the second in a row"
            ),
            CommandExample("galley search 'barom*'", "words that begin so"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        // A word with blanks in it was quoted in the shell: its words belong in a row.
        let words = line.arguments("words").map { word in
            word.contains(" ") && !word.contains("\"") ? "\"\(word)\"" : word
        }
        let hits = try OpenLibrary(client).replica.search(
            words.joined(separator: " "),
            deleted: line.has("all") ? .included : .excluded,
            limit: try line.integer("limit", in: 1...100_000) ?? 50
        )
        switch client.output.form {
        case .json:
            client.output.json(["schema": "galley.search/1", "hits": .array(hits.map(json))])
        case .ndjson: for hit in hits { client.output.json(json(hit)) }
        case .text: show(hits, client)
        }
        return .done
    }

    private static func show(_ hits: [SearchHit], _ client: Client) {
        for hit in hits {
            client.output.print(
                "\(hit.article.shortHandle)  \(VisibleText.line(hit.article.displayTitle))"
            )
            let snippet = hit.snippet.map { $0.isMatch ? "[\($0.text)]" : $0.text }.joined()
            client.output.paragraph(VisibleText.line(snippet), indent: "      ")
        }
        if hits.isEmpty { client.output.message("Nothing found.") }
    }

    private static func json(_ hit: SearchHit) -> JSONValue {
        [
            "article": hit.article.json,
            "snippet": .array(
                hit.snippet.map { ["text": .string($0.text), "match": .bool($0.isMatch)] }
            ),
        ]
    }
}
