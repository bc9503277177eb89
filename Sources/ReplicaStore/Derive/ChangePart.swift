import ArticleMerge
import ArticleModel
import Membership

/// The part of an entry that touches one article.
struct ChangePart: Sendable {
    let id: ChangeID
    /// Its number in the entry.
    let index: Int
    let article: ArticleID
    /// The class of rights the header claims for it.
    let permission: PermissionClass
    /// What it does; nil where it could not be read.
    let content: ChangeSetBody.Change?
    /// What lists show of the article that a seed begins.
    var columns: ArticleColumns?
    var fault: ChangeFault?

    /// Whether it begins an article, as far as its body tells.
    var isSeed: Bool { if case .seed = content, fault == nil { true } else { false } }
}

extension ChangePart {
    /// The parts of an entry, with the faults that show in its body alone.
    ///
    /// Pure, and most of the work of deriving an article that is new.
    static func parts(
        of entry: ChangeSetID,
        _ header: ChangeSetHeader,
        _ body: [UInt8]?,
        _ library: LibraryID,
        _ codecs: BodyCodecs
    ) -> [ChangePart] {
        let touched = header.touched
        guard !touched.isEmpty else { return [] }
        switch read(body, of: header, codecs) {
        case .success(let body):
            return zip(touched, body.changes).enumerated().map { index, pair in
                part(index, of: entry, pair.0, pair.1, library)
            }
        case .failure(let fault):
            return touched.enumerated().map { index, touched in
                ChangePart(
                    id: ChangeIdentity.id(of: entry, index: index),
                    index: index,
                    article: touched.article,
                    permission: touched.permission,
                    content: nil,
                    fault: fault
                )
            }
        }
    }

    private static func part(
        _ index: Int,
        of entry: ChangeSetID,
        _ touched: TouchedArticle,
        _ content: ChangeSetBody.Change,
        _ library: LibraryID
    ) -> ChangePart {
        let id: ChangeID
        var columns: ArticleColumns?
        var fault: ChangeFault?
        switch content {
        case .edit:
            id = ChangeIdentity.id(of: entry, index: index)
        case .seed(let seed):
            let seedID = ChangeIdentity.seed(library: library, bytes: seed.encoded())
            if seedID.prefix16(as: ArticleID.self) != touched.article {
                id = ChangeIdentity.id(of: entry, index: index)
                fault = .faulty(.unreadable)
            } else {
                id = seedID
                columns = ArticleColumns(seed)
                if touched.permission < .edit { fault = .faulty(.permission) }
            }
        }
        return ChangePart(
            id: id,
            index: index,
            article: touched.article,
            permission: touched.permission,
            content: content,
            columns: columns,
            fault: fault
        )
    }

    private enum Reading {
        case success(ChangeSetBody)
        case failure(ChangeFault)
    }

    private static func read(
        _ bytes: [UInt8]?,
        of header: ChangeSetHeader,
        _ codecs: BodyCodecs
    ) -> Reading {
        guard let reference = header.body else { return .failure(.faulty(.unreadable)) }
        switch header.kind {
        case .content: break
        case .chainOpen: return .failure(.faulty(.unreadable))
        // Kinds that are known by number alone: a newer galley gives them a meaning.
        case .checkpoint, .adopt: return .failure(.needsNewer)
        }
        // A body that is absent may come yet.
        guard let bytes else { return .failure(.needsNewer) }
        do {
            guard let body = try codecs.decode(bytes, version: reference.codecVersion) else {
                return .failure(.needsNewer)
            }
            guard body.changes.count == header.touched.count else {
                return .failure(.faulty(.unreadable))
            }
            return .success(body)
        } catch {
            // A number that is not known here may be one that a newer galley gave a meaning. Why
            // other bytes cannot be read is of no use to anybody: `verify` lists them.
            return .failure(error.code == .unknown ? .needsNewer : .faulty(.unreadable))
        }
    }
}
