import Files

/// The editor of the person at this machine.
enum Editor {
    /// Opens a file and waits until the editor has ended; throws unless it ended well and left the
    /// file behind.
    static func open(_ path: String, command: String?, _ client: Client) throws {
        let editor =
            [command, client.variables["VISUAL"], client.variables["EDITOR"]].compactMap { $0 }
            .first { !$0.isEmpty } ?? "vi"
        client.output.flush()
        // The variable may hold arguments, so a shell reads it; the path is passed apart.
        let status = try Surroundings.run(["sh", "-c", "\(editor) \"$1\"", "sh", path])
        switch status {
        case 0: break
        case 127:
            throw ClientError(
                .failed,
                "editor.missing",
                "The editor (\(editor)) was not found, so nothing was changed.",
                hint: "set EDITOR, or give --editor COMMAND"
            )
        case 129...:
            throw ClientError(
                .failed,
                "editor.killed",
                "The editor (\(editor)) was ended by signal \(status - 128), so nothing was changed."
            )
        default:
            throw ClientError(
                .failed,
                "editor.failed",
                "The editor (\(editor)) ended with \(status), so nothing was changed."
            )
        }
        guard FileSystem.exists(path) else {
            throw ClientError(
                .notFound,
                "editor.deleted",
                "The editor left no file behind, so nothing was changed."
            )
        }
    }
}
