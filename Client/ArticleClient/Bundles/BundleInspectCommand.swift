import ArticleFormats
import ArticleModel
import CommandArguments
import Diagnostics
import Files
import Membership
import ReplicaStore
import SyncProtocol

/// `galley bundle inspect`.
enum BundleInspectCommand: Command {
    static let path = ["bundle", "inspect"]
    static let description = CommandDescription(
        "inspect",
        "say what a bundle holds",
        discussion: "Its checksums are looked at; no library is needed, and nothing is changed.",
        arguments: [ArgumentDescription("file", "the bundle")],
        examples: [CommandExample("galley bundle inspect more.bundle", "who made it, from when")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let path = try line.required("file")
        let header = try BundleFiles.header(of: path)
        let library = FileSystem.exists(client.places.library) ? try OpenLibrary(client) : nil
        let text = BundleText(header, library)
        guard client.output.isText else {
            client.output.json(text.json("galley.bundle/1", path: path))
            return .done
        }
        let isOurs = library?.replica.library == header.library
        let name = isOurs ? library?.members.libraryName : nil
        client.output.print(
            "library  \(name.map { "\($0) " } ?? "")(\(header.library.handle.prefix(8)))"
                + (isOurs ? "" : ", not the one here")
        )
        client.output.print("made by  \(text.author), \(client.localTime(header.timeMilliseconds))")
        client.output.print("holds    \(text.contents)")
        client.output.print("since    \(text.base.map { "mark \($0)" } ?? "the beginning")")
        client.output.print("mark     \(text.mark)")
        client.output.hint("galley bundle verify \(path) tries it on the library here")
        return .done
    }
}
