import ArticleModel
import Files
import ReplicaStore

/// A replica that takes part in something that may fail, beside the place of the real one.
///
/// It is taken away when it failed, so that nothing has changed, and moved or emptied when it is
/// done.
struct StagedReplica {
    let replica: Replica
    private let path: String

    /// Makes an empty replica of `library` beside `place`, in place of what a crash left there.
    init(of library: LibraryID, beside place: String, for purpose: String) throws {
        path = "\(place).\(purpose)"
        try FileSystem.makeFolder(FileSystem.folder(of: place))
        try Self.remove(path)
        replica = try Replica(creating: path, library: library)
    }

    /// Takes it away.
    func discard() throws { try Self.remove(path) }

    private static func remove(_ path: String) throws {
        for suffix in ["", "-wal", "-shm"] { try FileSystem.remove(path + suffix) }
    }
}
