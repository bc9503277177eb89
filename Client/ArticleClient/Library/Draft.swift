import ArticleModel
import Files

/// An article's text while it is open in an editor: a file, and beside it which version was opened.
///
/// What is saved goes on from that version, so that what others did meanwhile is merged with it and
/// not undone, even where a draft is saved days later.
struct Draft {
    /// The file that is edited.
    let path: String
    /// The article.
    let article: ArticleID
    /// The version that was opened.
    let base: [ChangeID]

    private static let suffix = ".base"

    /// Writes a draft into `folder`.
    init(
        of bytes: [UInt8],
        _ article: ArticleID,
        name: String,
        at base: [ChangeID],
        in folder: String
    ) throws {
        path = "\(folder)/\(name).md"
        self.article = article
        self.base = base
        try FileSystem.makeFolder(folder)
        let lines = [article.description] + base.map(\.description)
        try FileSystem.create(Array((lines.joined(separator: "\n") + "\n").utf8), at: basePath)
        try FileSystem.create(bytes, at: path)
    }

    /// Finds the draft that a file is; nil where it is none.
    init?(at path: String) throws {
        let basePath = path + Self.suffix
        guard FileSystem.exists(basePath) else { return nil }
        let bytes = try FileSystem.read(basePath, limit: 1024 * 1024)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        let heads = lines.dropFirst().compactMap {
            [UInt8](hexadecimal: $0).flatMap { ChangeID($0) }
        }
        guard let first = lines.first,
            let article = [UInt8](hexadecimal: first).flatMap({ ArticleID($0) }),
            !heads.isEmpty, heads.count == lines.count - 1
        else { return nil }
        self.path = path
        self.article = article
        base = heads
    }

    private var basePath: String { path + Self.suffix }

    /// Holds the draft while it is open, so that others see that it is.
    func hold() throws(FileError) -> FileLock { try FileLock(basePath) }

    /// Whether an editor has it open.
    var isOpen: Bool {
        // One that cannot be locked for another reason is not known to be open.
        (try? FileLock.ifFree(basePath) == nil) ?? false
    }

    /// Takes the draft away, once its text is saved elsewhere.
    func remove() throws(FileError) {
        try FileSystem.remove(path)
        try FileSystem.remove(basePath)
    }

    /// The drafts of an article in a folder.
    static func drafts(of article: ArticleID, in folder: String) -> [Draft] {
        // A folder that is not there has none.
        let names = (try? FileSystem.names(in: folder)) ?? []
        return names.filter { $0.hasSuffix(".md") }
            .compactMap { try? Draft(at: "\(folder)/\($0)") }
            .filter { $0.article == article }
    }
}
