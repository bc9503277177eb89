import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley tag`.
enum TagCommand: Command {
    static let description = CommandDescription(
        "tag",
        "put tags on an article, or take them off",
        arguments: [
            ArgumentDescription("id", "the article"),
            ArgumentDescription("+tag", "+TAG puts one on, -TAG takes it off", count: .any),
        ],
        examples: [
            CommandExample("galley tag k7qd +ferries +follow-up", "puts two on"),
            CommandExample("galley tag k7qd -follow-up", "takes one off"),
            CommandExample("galley tag k7qd", "lists them"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let (summary, state) = try library.state(line.required("id"))
        var operations: [Operation] = []
        var said: [String] = []
        for word in line.arguments("+tag") {
            let isRemoval = word.hasPrefix("-")
            let text = isRemoval || word.hasPrefix("+") ? String(word.dropFirst()) : word
            guard let tag = ScalarText(UnicodeForms.composed(text)), !tag.isEmpty,
                !text.contains("\n")
            else { throw line.misuse("“\(word)” is no tag.") }
            let isThere = state.tags.tags.contains(tag)
            guard isThere == isRemoval else { continue }
            operations.append(isRemoval ? .removeTag(tag) : .addTag(tag))
            said.append((isRemoval ? "-" : "+") + tag.string)
        }
        if operations.isEmpty {
            let tags = state.tags.tags.map(\.string)
            if !client.output.isText {
                client.output.json([
                    "schema": "galley.tags/1", "article": .string(summary.id.handle),
                    "tags": .strings(tags),
                ])
            } else if line.arguments("+tag").isEmpty {
                for tag in tags { client.output.print(tag) }
            } else {
                client.output.print("\(summary.shortHandle): nothing changed.")
            }
            return .done
        }
        let result = try library.commit([.edit(summary.id, operations)])
        try report(client, library, summary, result, said.joined(separator: " "))
        return .done
    }

    /// Lets `-TAG` stand for a tag to take off, not for options: the words behind the article are
    /// tags, but for those with two dashes.
    static func rearranged(_ words: [String]) -> [String] {
        guard let place = words.firstIndex(of: "tag"),
            words[..<place].allSatisfy({ $0.hasPrefix("-") || $0.hasPrefix("/") })
        else { return words }
        var tags: [String] = []
        var others: [String] = []
        for word in words[(place + 1)...] {
            let isTag =
                word.hasPrefix("-") && !["-", "-h", "-q"].contains(word)
                && !word.hasPrefix("--")
            if isTag { tags.append(word) } else { others.append(word) }
        }
        guard !tags.isEmpty else { return words }
        return Array(words[...place]) + others + ["--"] + tags
    }
}
