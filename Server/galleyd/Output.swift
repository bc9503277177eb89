import ArticleFormats
import CommandArguments
import Files
import Sockets
import SyncServer

/// What goes to standard output.
enum Output {
    static func print(_ line: String) throws { try write(line + "\n") }

    static func write(_ text: String) throws {
        try StandardStreams.write(Array(text.utf8), to: .output)
    }

    /// Says something on standard error; where nobody reads it, nobody is to be told.
    static func complain(_ text: String) {
        try? StandardStreams.write(Array(text.utf8), to: .error)
    }

    static func print(_ value: JSONValue) throws { try print(JSONWriter.string(value)) }
}

extension ParsedCommand {
    /// The hub's folder: `--data`, or the usual place of this user.
    func hubFolder() throws -> HubFolder {
        if let path = value("data") {
            guard !path.isEmpty else { throw misuse("'--data' names no folder.") }
            return HubFolder(path)
        }
        let variables = Surroundings.variables
        if let base = variables["XDG_DATA_HOME"], base.hasPrefix("/") {
            return HubFolder("\(base)/galleyd")
        }
        guard let home = variables["HOME"], !home.isEmpty else {
            throw misuse("There is no HOME, so say where the hub is: --data DIR.")
        }
        return HubFolder("\(home)/.local/share/galleyd")
    }

    /// The value of an option as a place, or nil where it was not given.
    func hostPort(_ name: String) throws -> HostPort? {
        guard let text = value(name) else { return nil }
        guard let place = HostPort(text) else {
            throw misuse("'--\(name)' takes HOST:PORT, not '\(text)'.")
        }
        return place
    }
}
