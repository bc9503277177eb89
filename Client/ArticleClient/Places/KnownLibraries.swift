import Files

/// The libraries of this machine: those at the usual place, and those elsewhere that were synced
/// before, which a file of the state folder lists, a path a line.
struct KnownLibraries {
    private let places: Places
    private static let sizeMax = 1024 * 1024
    private static let suffix = ".sqlite3"

    init(_ places: Places) { self.places = places }

    /// The paths of all that are still there, the one commands work on first.
    func paths() throws -> [String] {
        var seen: Set<String> = []
        return ([places.library] + (try beside()) + (try listed())).filter {
            seen.insert($0).inserted && FileSystem.exists($0) && !FileSystem.isFolder($0)
        }
    }

    /// Lists a library that does not lie at the usual place.
    func note(_ path: String) throws {
        guard path.hasPrefix("/"), !path.contains("\n"),
            FileSystem.folder(of: path) != places.data
        else { return }
        guard try !listed().contains(path) else { return }
        try FileSystem.makeFolder(FileSystem.folder(of: places.knownLibraries))
        try FileLock.holding(places.knownLibraries + ".lock") {
            // Those that are gone are forgotten; somebody may put them elsewhere for good.
            let kept = try listed().filter { $0 != path && FileSystem.exists($0) } + [path]
            let text = kept.map { $0 + "\n" }.joined()
            try FileSystem.write(Array(text.utf8), to: places.knownLibraries, mode: 0o600)
        }
    }

    private func beside() throws -> [String] {
        guard FileSystem.isFolder(places.data) else { return [] }
        return try FileSystem.names(in: places.data)
            .filter { $0.hasSuffix(Self.suffix) }.map { "\(places.data)/\($0)" }
    }

    private func listed() throws -> [String] {
        guard FileSystem.exists(places.knownLibraries) else { return [] }
        let bytes = try FileSystem.read(places.knownLibraries, limit: Self.sizeMax)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
