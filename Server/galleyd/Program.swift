import CommandArguments
import Diagnostics
import Files
import Glibc
import SyncServer

@main
enum Program {
    static func main() {
        StandardStreams.surviveFailedWrites()
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Does what the words ask for and gives the exit code.
    private static func run(_ words: [String]) -> Int32 {
        do {
            switch try Commands.program.parse(words) {
            case .version:
                try Output.print("galleyd \(ProductVersion.text)")
            case .help(let text, let asked):
                guard asked else {
                    Output.complain(text)
                    return UsageError.exitCode
                }
                try Output.write(text)
            case .run(let command):
                try dispatch(command)
            }
            return 0
        } catch let error as UsageError {
            Output.complain("galleyd: \(error)\n")
            return UsageError.exitCode
        } catch let error as ServerError {
            Output.complain("galleyd: \(error.message)\n")
            return error.exitCode
        } catch let error as FileError where error.code == .brokenPipe {
            // Whoever read the output has seen enough.
            return 0
        } catch {
            Output.complain("galleyd: \(error)\n")
            return 1
        }
    }

    private static func dispatch(_ command: ParsedCommand) throws {
        if command.path.first == "backup" { return try BackupCommands.run(command) }
        switch command.name {
        case "init": try InitCommand.run(command)
        case "claim": try ClaimCommand.run(command)
        case "run": try RunCommand.run(command)
        case "status": try StatusCommand.run(command)
        default: throw command.misuse("'\(command.name)' is not built in.")
        }
    }
}

extension ServerError {
    /// The program's exit code: 1 failed, 2 usage, 3 not found, 5 network, 6 not allowed,
    /// 7 integrity, 9 busy.
    fileprivate var exitCode: Int32 {
        switch code {
        case .exists, .storage: 1
        case .badSetting: 2
        case .missing: 3
        case .cannotListen: 5
        case .notPermitted: 6
        case .damaged: 7
        case .running: 9
        }
    }
}
