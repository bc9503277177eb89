import ArticleModel
import Files
import ReplicaStore
import SyncEngine
import SyncProtocol

/// Bundles as files.
enum BundleFiles {
    private static let pieceSize = 256 * 1024

    /// The file at `path` as the engine reads bundles.
    static func withSource<Result>(
        _ path: String,
        _ body: (BundleImport.Source) throws -> Result
    ) throws -> Result {
        let file = OpenFile(try FileReader(path))
        return try body(
            BundleImport.Source(
                read: { try file.reader.read(pieceSize) },
                rewind: { try file.reader.rewind() }
            )
        )
    }

    /// What the bundle at `path` says of itself, after a look at all of its checksums.
    static func header(of path: String) throws -> BundleHeader {
        try withSource(path) { try BundleImport.check($0) }
    }

    /// A file that closures share.
    private final class OpenFile {
        let reader: FileReader
        init(_ reader: consuming FileReader) { self.reader = reader }
    }
}

/// The names that people give to what somebody has.
enum BundleMark {
    /// The letters that are printed.
    static func text(_ hash: [UInt8]) -> String {
        String(Handle.letters(of: hash.prefix(16)).prefix(12))
    }

    /// The mark of a frontier.
    static func text(_ frontier: BundleFrontier, in library: LibraryID) -> String {
        text(frontier.mark(in: library))
    }

    /// What `word` stands for: a bundle's file, or the letters of a mark that is known here.
    static func frontier(_ word: String, in library: OpenLibrary) throws -> BundleFrontier {
        let id = library.replica.library
        if FileSystem.exists(word) {
            let header = try BundleFiles.header(of: word)
            guard header.library == id else {
                throw BundleError(.otherLibrary, "The bundle \(word) belongs to another library.")
            }
            return header.frontier
        }
        let found = try library.replica.marks().filter {
            Handle.letters(of: $0.hash.prefix(16)).hasPrefix(word.lowercased())
        }
        guard word.count >= 4, let mark = found.first,
            let frontier = BundleFrontier(decoding: mark.content)
        else {
            throw BundleError(
                .unknownMark,
                "'\(word)' is no file, and no mark that is known here. Marks are those that bundle "
                    + "create and bundle apply printed on this machine."
            )
        }
        guard found.count == 1 else {
            throw ClientError(
                .usage,
                "bundle.mark",
                "'\(word)' fits several marks. Give more letters."
            )
        }
        return frontier
    }

    /// Keeps what `frontier` stands for, so that people can name it.
    static func keep(_ frontier: BundleFrontier, in replica: Replica) throws {
        try replica.keepMark(frontier.mark(in: replica.library), frontier.encoded())
    }
}
