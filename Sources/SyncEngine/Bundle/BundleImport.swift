public import ArticleModel
import Membership
public import ReplicaStore
public import SyncProtocol

/// Takes a bundle into a replica: all of it, or nothing.
///
/// The rules are those of a session with a peer. Memory for a run, whatever the size of the bundle.
public struct BundleImport {
    /// What became of a bundle.
    public struct Report: Sendable {
        /// What it says of itself.
        public let header: BundleHeader
        /// Entries that were new here.
        public internal(set) var newCount = 0
        /// Entries that were here before.
        public internal(set) var knownCount = 0
        /// Membership records that were new here.
        public internal(set) var recordCount = 0
        /// Chains of which two entries of one number are known since now.
        public internal(set) var forkedChains: [ChainID] = []
    }

    /// The bytes of a bundle, which are read twice.
    public struct Source {
        /// The next bytes; none at the end.
        let read: () throws -> [UInt8]
        /// Begins again at the first.
        let rewind: () throws -> Void

        /// Reads by functions.
        public init(read: @escaping () throws -> [UInt8], rewind: @escaping () throws -> Void) {
            self.read = read
            self.rewind = rewind
        }
    }

    private let replica: Replica

    /// Takes bundles into `replica`.
    public init(_ replica: Replica) { self.replica = replica }

    /// Takes in what `source` gives; an error leaves nothing behind.
    ///
    /// Durable when this returns, unless `isTrial`: then everything is checked and nothing kept.
    public func apply(_ source: Source, isTrial: Bool = false) throws -> Report {
        // Damage and strangers are found before anybody has to wait for the lock.
        let header = try Self.check(source)
        guard header.library == replica.library else {
            throw BundleError(
                .otherLibrary,
                "The bundle belongs to another library, \(header.library.handle.prefix(8)). "
                    + "Nothing of it was kept."
            )
        }
        try source.rewind()
        var failure: (any Error)?
        var report: Report?
        do throws(ReplicaError) {
            try replica.takeTogether(from: header.author) { intake in
                do {
                    report = try take(source, header, into: intake)
                    if isTrial { throw Trial() }
                } catch {
                    failure = error
                    throw error
                }
            }
        } catch {
            guard failure is Trial, report != nil else { throw failure ?? error }
        }
        guard let report else { throw ReplicaError(.damaged, "A bundle gave no report.") }
        return report
    }

    /// Checks every checksum and the signature of a bundle; gives what it says of itself.
    public static func check(
        _ source: Source,
        depth: BundleReader.Depth = .checks
    ) throws -> BundleHeader {
        var header: BundleHeader?
        var reader = BundleReader(depth)
        try read(source, &reader) { part in
            if case .header(let found) = part { header = found }
        }
        guard let header else { throw BundleError(.notABundle, "The file is empty.") }
        return header
    }

    private static func read(
        _ source: Source,
        _ reader: inout BundleReader,
        _ take: (BundleReader.Part) throws -> Void
    ) throws {
        while true {
            while let part = try reader.next() { try take(part) }
            let bytes = try source.read()
            if bytes.isEmpty { break }
            reader.append(bytes)
        }
        try reader.finish()
    }

    private func take(
        _ source: Source,
        _ header: BundleHeader,
        into intake: Intake
    ) throws -> Report {
        var taking = BundleTaking(replica, header, intake)
        var reader = BundleReader()
        try Self.read(source, &reader) { try taking.take($0) }
        return try taking.finish()
    }
}

/// Thrown to have a transaction rolled back that was a trial.
private struct Trial: Error {}
