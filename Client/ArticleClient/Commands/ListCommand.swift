import ArticleFormats
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley list`.
enum ListCommand: Command {
    static let description = CommandDescription(
        "list",
        "list articles",
        discussion: "The letters in front are the article's id; four or more of them name it.",
        arguments: [
            ArgumentDescription("words", "only articles with these words in the title", count: .any)
        ],
        options: [
            OptionDescription("tag", value: "TAG", "only articles with this tag"),
            OptionDescription("sort", value: "ORDER", "changed, title, date or changes"),
            OptionDescription("limit", short: "n", value: "COUNT", "at most so many"),
            OptionDescription(flag: "attention", "only what has conflicts or open notes"),
            OptionDescription(flag: "deleted", "only deleted articles"),
            OptionDescription(flag: "all", "deleted articles too"),
        ],
        examples: [
            CommandExample("galley list", "all articles, the last changed first"),
            CommandExample("galley list --tag ferries --sort title", "by title, with a tag"),
            CommandExample("galley list --json", "for scripts"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        var filter = ArticleFilter()
        filter.tag = line.value("tag").flatMap { ScalarText(UnicodeForms.composed($0)) }
        let words = line.arguments("words")
        if !words.isEmpty { filter.titleWords = words.joined(separator: " ") }
        filter.needsAttention = line.has("attention")
        if line.has("all") { filter.deleted = .included }
        if line.has("deleted") { filter.deleted = .only }
        filter.limit = try line.integer("limit", in: 1...1_000_000)
        let orders = ArticleFilter.Order.allCases.map(\.rawValue)
        if let order = try line.choice("sort", among: orders) {
            filter.order = .init(rawValue: order) ?? .changed
        }
        let articles = try OpenLibrary(client).replica.articles(filter)
        switch client.output.form {
        case .json:
            client.output.json([
                "schema": "galley.list/1", "articles": .array(articles.map(\.json)),
            ])
        case .ndjson: for article in articles { client.output.json(article.json) }
        case .text: show(articles, client)
        }
        return .done
    }

    private static func show(_ articles: [ArticleSummary], _ client: Client) {
        var table = Table()
        for article in articles {
            table.add([
                article.shortHandle, article.displayTitle, article.date, article.remarks,
            ])
        }
        for line in table.lines(width: client.output.columns, flexible: 1) {
            client.output.print(line.trimmed(ofTrailing: 0x20))
        }
        if articles.isEmpty {
            client.output.message("No articles.")
            client.output.hint("galley import FILE… takes articles in")
        }
    }
}
