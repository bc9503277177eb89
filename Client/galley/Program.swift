import ArticleClient
import Files
import Glibc

/// The client: arguments in, exit code out.
@main
enum Program {
    static func main() {
        StandardStreams.surviveFailedWrites()
        exit(GalleyProgram.run(Array(CommandLine.arguments.dropFirst()), .ofProcess()))
    }
}
