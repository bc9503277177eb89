import ArticleModel
import Signing

extension LogHead {
    /// The place before the first entry of a library's log.
    static func start(of library: LibraryID) -> LogHead {
        LogHead(position: 0, accumulator: SHA256.hash(library.bytes))
    }

    /// The place after `id` follows this one.
    func followed(by id: ChangeSetID) -> LogHead {
        LogHead(position: position + 1, accumulator: SHA256.hash(accumulator + id.bytes))
    }
}
