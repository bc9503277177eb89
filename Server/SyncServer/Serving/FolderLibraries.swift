import ArticleModel
import Files
import Membership
import ReplicaStore
import SyncEngine

/// The libraries of a hub's folder: one replica each, opened when it is first asked for.
final class FolderLibraries: HubLibraries {
    private let folder: HubFolder
    private var replicas: [LibraryID: Replica] = [:]

    init(_ folder: HubFolder) { self.folder = folder }

    func replica(of library: LibraryID) throws -> Replica? {
        if let replica = replicas[library] { return replica }
        let path = folder.replicaPath(of: library)
        guard FileSystem.exists(path) else { return nil }
        let replica = try Replica(opening: path)
        replicas[library] = replica
        return replica
    }

    func acceptsClaim(_ code: String) throws -> Bool { folder.hasClaim(code) }

    func register(
        _ library: LibraryID,
        claim code: String,
        records: [MembershipLog.Entry]
    ) throws -> Replica? {
        guard folder.hasClaim(code) else { return nil }
        // The replica gets its name when it is whole: what a crash leaves behind is no library.
        let draft = "\(folder.libraries)/.\(library).new"
        for suffix in ["", "-wal", "-shm"] { try FileSystem.remove(draft + suffix) }
        do {
            let replica = try Replica(creating: draft, library: library)
            try replica.appendMembershipAsHub(records)
        }
        guard try folder.takeClaim(code) else {
            try FileSystem.remove(draft)
            return nil
        }
        try FileSystem.rename(draft, to: folder.replicaPath(of: library))
        return try replica(of: library)
    }
}
