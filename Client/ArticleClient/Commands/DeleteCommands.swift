import ArticleFormats
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley delete`.
enum DeleteCommand: Command {
    static let description = CommandDescription(
        "delete",
        "delete articles",
        discussion: """
            A deletion is signed like any change and can be taken back with 'galley undelete'. If \
            somebody edits the article meanwhile, it stays.
            """,
        arguments: [ArgumentDescription("id", "an article", count: .oneOrMore)],
        examples: [CommandExample("galley delete k7qd", "deletes one")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        try changeEach(line, client, .deleteArticle, done: "deleted", unless: \.isDeleted)
    }
}

/// `galley undelete`.
enum UndeleteCommand: Command {
    static let description = CommandDescription(
        "undelete",
        "take the deletion of articles back",
        arguments: [ArgumentDescription("id", "an article", count: .oneOrMore)],
        examples: [
            CommandExample("galley list --deleted", "shows what can be brought back"),
            CommandExample("galley undelete k7qd", "brings one back"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        try changeEach(line, client, .undeleteArticle, done: "brought back") { !$0.isDeleted }
    }
}

/// Does one operation to each article named, in one change set; nothing where one id is wrong.
private func changeEach(
    _ line: ParsedCommand,
    _ client: Client,
    _ operation: Operation,
    done: String,
    unless isDone: (ArticleSummary) -> Bool
) throws -> ExitCode {
    let library = try OpenLibrary(client)
    let articles = try line.arguments("id").map { try library.article($0) }
    let open = articles.filter { !isDone($0) }
    if !open.isEmpty {
        try library.commit(open.map { .edit($0.id, [operation]) })
    }
    guard client.output.isText else {
        client.output.json([
            "schema": "galley.delete/1", "done": .string(done),
            "articles": .strings(open.map(\.id.handle)),
        ])
        return .done
    }
    for article in articles {
        let word = isDone(article) ? "was \(done) before" : done
        client.output.print("\(article.shortHandle): \(word).")
    }
    return .done
}
