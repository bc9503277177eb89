import ArticleClient
import Foundation
import TestSupport

/// A machine with folders of its own, on which galley is run inside the test's process.
///
/// Unchecked: a test that hands one to another thread leaves it alone meanwhile.
final class Terminal: @unchecked Sendable {
    /// What a run left behind.
    struct Outcome {
        let exit: Int32
        let output: String
        let messages: String

        /// The output as JSON.
        func json() throws -> [String: Any] {
            let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
            return object as? [String: Any] ?? [:]
        }
    }

    let folder: TemporaryFolder
    var variables: [String: String]
    /// What standard input holds.
    var input: [UInt8] = []
    /// What a person types when asked for a secret.
    var secret: String?
    var now: Int64 = 1_750_000_000_000

    init() throws {
        folder = try TemporaryFolder()
        variables = [
            "HOME": folder.path, "XDG_DATA_HOME": folder.file("data"),
            "XDG_STATE_HOME": folder.file("state"), "USER": "ada",
        ]
    }

    var libraryPath: String { folder.file("data/galley/library.sqlite3") }

    /// Runs a command line.
    @discardableResult
    func run(_ words: String..., columns: Int? = nil) -> Outcome { run(words, columns: columns) }

    func run(_ words: [String], columns: Int? = nil) -> Outcome {
        var output: [UInt8] = []
        var messages = ""
        let client = Client(
            variables: variables,
            output: Output(
                columns: columns,
                data: { output += $0 },
                messages: { messages += $0 }
            ),
            now: { [self] in
                now += 1000
                return now
            },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
            readInput: { [self] _ in input },
            askSecret: { [self] _ in secret }
        )
        let exit = GalleyProgram.run(words, client)
        return Outcome(
            exit: exit,
            output: String(decoding: output, as: UTF8.self),
            messages: messages
        )
    }

    /// Writes a file of the machine; gives its path.
    func write(_ text: String, to name: String) throws -> String {
        let path = folder.file(name)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// Makes a library with one article; gives its id.
    func makeLibrary(_ text: String = Terminal.article) throws -> String {
        run("init", "--user", "ada", "--device", "laptop")
        run("import", try write(text, to: "article.md"))
        return try ids().first ?? ""
    }

    /// The ids of the articles listed.
    func ids(_ words: String...) throws -> [String] {
        let listed = try run(["list", "--json"] + words).json()["articles"] as? [[String: Any]]
        return (listed ?? []).compactMap { $0["id"] as? String }
    }

    static let article = """
        ---
        title: The night ferry
        byline: [Ada Moss, Ben Okoro]
        tags: [ferries]
        summary: [It runs until two]
        mood: calm
        ---

        The ferry leaves at ten and comes back at two.

        People on the island like it.
        """
}
