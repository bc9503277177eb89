import ArticleClient
import CommandArguments

/// The commands of the program, by what is typed.
enum GalleyProgramCommands {
    static var paths: [[String]] { paths(below: GalleyProgram.description.root, []) }

    private static func paths(below command: CommandDescription, _ path: [String]) -> [[String]] {
        guard !command.subcommands.isEmpty else { return [path] }
        return command.subcommands.flatMap { paths(below: $0, path + [$0.name]) }
    }
}
