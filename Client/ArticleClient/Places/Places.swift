import Files

/// Where the client keeps things, by the XDG base directories.
struct Places {
    /// The library's file.
    let library: String
    /// The folder of device keys.
    let keys: String
    /// The folder of anchors, which must not be copied with the library.
    let anchors: String
    /// The folder for drafts of edits.
    let drafts: String
    /// The folder where libraries usually lie.
    let data: String
    /// The list of libraries that lie elsewhere.
    let knownLibraries: String

    /// Goes by `--library`, then `GALLEY_LIBRARY`, then the usual place.
    init(variables: [String: String], library option: String?) {
        let home = variables["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "."
        func base(_ name: String, _ usual: String) -> String {
            // A relative path there is to be ignored.
            guard let path = variables[name], path.hasPrefix("/") else { return "\(home)/\(usual)" }
            return path
        }
        data = base("XDG_DATA_HOME", ".local/share") + "/galley"
        let state = base("XDG_STATE_HOME", ".local/state") + "/galley"
        let named = option ?? variables["GALLEY_LIBRARY"].flatMap { $0.isEmpty ? nil : $0 }
        if let named, FileSystem.isFolder(named) {
            library = named + "/library.sqlite3"
        } else {
            library = named ?? data + "/library.sqlite3"
        }
        keys = data + "/keys"
        anchors = state + "/anchors"
        drafts = state + "/drafts"
        knownLibraries = state + "/libraries"
    }
}
