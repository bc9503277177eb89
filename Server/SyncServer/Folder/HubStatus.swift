public import ArticleModel
import Files
import Membership
import ReplicaStore
import Signing

/// What a hub's folder says of it, whether it runs or not.
public struct HubStatus: Sendable {
    /// A library in numbers.
    public struct Library: Sendable {
        /// Its id.
        public let id: LibraryID
        /// Its name.
        public let name: String
        /// People who belong to it.
        public let userCount: Int
        /// Their machines.
        public let deviceCount: Int
        /// Articles that are not deleted.
        public let articleCount: Int
        /// Entries of the log.
        public let entryCount: Int
        /// The position of the log's last entry.
        public let position: UInt64
        /// The accumulator there.
        public let accumulator: [UInt8]
        /// The number of the last membership record.
        public let membershipSequence: UInt64
        /// Entries that wait for others.
        public let parkedCount: Int
        /// When an entry or a record was last taken, by the hub's clock.
        public let lastChangeMilliseconds: Int64?
        /// What equal replicas agree on.
        public let stateHash: [UInt8]
    }

    /// The folder.
    public let path: String
    /// The hub's public key.
    public let hubKey: DeviceKey
    /// Where it listens, if it runs.
    public let runningAt: String?
    /// Whether a process serves from the folder.
    public let isRunning: Bool
    /// Claim codes nobody has used.
    public let claimCount: Int
    /// What it grants: names and values as in its settings; none where these cannot be read.
    public let limits: [(name: String, value: String)]
    /// What it has done since it was started, and holds: names and numbers; none while it rests.
    public let statistics: [(name: String, value: Int64)]
    /// The libraries, in order of id; a damaged one says why it is not there.
    public let libraries: [Result<Library, ServerError>]
}

extension HubFolder {
    /// Looks at everything in the folder.
    public func status() throws(ServerError) -> HubStatus {
        let key = try key()
        guard let hubKey = DeviceKey(key.publicKey.bytes) else {
            throw ServerError(.damaged, "The hub's key \(keyPath) is none.")
        }
        let isRunning = try isRunning()
        var libraries: [Result<HubStatus.Library, ServerError>] = []
        for id in try libraryIDs() {
            do throws(ReplicaError) {
                libraries.append(.success(try status(of: id)))
            } catch {
                libraries.append(.failure(ServerError(.damaged, error.message)))
            }
        }
        return HubStatus(
            path: path,
            hubKey: hubKey,
            runningAt: isRunning ? readRunning() : nil,
            isRunning: isRunning,
            claimCount: try claimCount(),
            // The settings may be what is to be repaired; the rest is shown all the same.
            limits: (try? settings())?.limits.settings ?? [],
            statistics: isRunning ? readStatistics() : [],
            libraries: libraries
        )
    }

    private func status(of id: LibraryID) throws(ReplicaError) -> HubStatus.Library {
        let replica = try Replica(opening: replicaPath(of: id))
        let membership = try replica.membership()
        let numbers = try replica.status()
        return HubStatus.Library(
            id: id,
            name: membership.libraryName,
            userCount: membership.users.count,
            deviceCount: membership.devices.count,
            articleCount: numbers.articleCount,
            entryCount: numbers.entryCount,
            position: numbers.hubHead.position,
            accumulator: numbers.hubHead.accumulator,
            membershipSequence: membership.head.sequence,
            parkedCount: numbers.parkedCount,
            lastChangeMilliseconds: readLastChange(of: id),
            stateHash: try replica.stateHash()
        )
    }

    /// Whether a process serves from the folder.
    func isRunning() throws(ServerError) -> Bool {
        guard FileSystem.exists(lockPath) else { return false }
        return try withFiles { () throws(FileError) in
            switch try FileLock.ifFree(lockPath) {
            case .some: false
            case .none: true
            }
        }
    }

    private func readRunning() -> String? {
        // It is only for people to see; the lock says whether it is true.
        (try? FileSystem.read(runningPath, limit: 1000))
            .flatMap { String(validating: $0, as: UTF8.self) }
    }

    func lastChangePath(of id: LibraryID) -> String { "\(libraries)/\(id).changed" }

    private func readLastChange(of id: LibraryID) -> Int64? {
        // A missing or damaged note of a time harms nobody.
        (try? FileSystem.read(lastChangePath(of: id), limit: 100))
            .flatMap { String(validating: $0, as: UTF8.self) }.flatMap { Int64($0) }
    }
}
