import ArticleModel
import Foundation
import Membership
import ReplicaStore
import TestSupport

extension Machine {
    /// A second machine with a copy of everything, the anchor included: what a clone of a virtual
    /// machine is, or one that was put back to a snapshot.
    func cloned(_ name: String) throws -> Machine {
        let path = world.folder.file("\(name).sqlite")
        // Nothing writes meanwhile, so the two files are one moment.
        for suffix in ["", "-wal"]
        where FileManager.default.fileExists(atPath: replica.path + suffix) {
            try FileManager.default.copyItem(
                atPath: replica.path + suffix,
                toPath: path + suffix
            )
        }
        return try Machine(
            world,
            Replica(opening: path),
            key: key,
            anchors: MemoryAnchors(try signer.anchors.load())
        )
    }

    /// The ids of all entries here.
    func ids() throws -> Set<String> {
        Set(try replica.entries(sizeMax: .max, countMax: .max).map(\.signed.id.description))
    }
}
