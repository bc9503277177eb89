public import ArticleMerge
public import ArticleModel
import Signing

/// What a conflict is known by: the start of a SHA-256, so that a few letters name it.
public typealias ConflictID = Identifier16<ConflictTag>
/// What an automatic merge is known by.
public typealias ReviewID = Identifier16<ReviewTag>

/// Tags of the identifier types; they have no values.
public enum ConflictTag {}
/// See ``ReviewID``.
public enum ReviewTag {}

/// A choice that waits for people.
public struct ConflictRecord: Hashable, Sendable {
    /// What it is known by.
    public let id: ConflictID
    /// The shortest prefix of its handle, of at least four letters, that names no other conflict.
    public internal(set) var shortHandle: String
    /// The article it is in.
    public let article: ArticleID
    /// What there is to choose.
    public let conflict: ArticleConflict

    init(_ conflict: ArticleConflict, in article: ArticleID) {
        id = ConflictRecord.id(ofBytes: conflict.idBytes(in: article))
        shortHandle = String(id.handle.prefix(4))
        self.article = article
        self.conflict = conflict
    }

    /// Letters that are others as soon as a side has changed; four or more of them name it.
    public var token: String { String(Handle.letters(of: tokenHash.prefix(16)).prefix(8)) }

    /// The whole of what the token is the beginning of.
    var tokenHash: [UInt8] {
        var hash = SHA256()
        hash.update(conflict.tokenBytes(in: article))
        return hash.finalize()
    }

    /// Whether `text`, four letters or more, is the beginning of the token.
    public func isToken(_ text: String) -> Bool {
        let letters = text.lowercased()
        return letters.utf8.count >= 4 && token.hasPrefix(letters)
    }

    /// The id of a conflict about `subject`, open or not.
    public static func id(
        of subject: ArticleConflict.Subject,
        in article: ArticleID
    ) -> ConflictID {
        id(ofBytes: ArticleConflict.idBytes(of: subject, in: article))
    }

    static func id<Tag>(ofBytes bytes: [UInt8]) -> Identifier16<Tag> {
        var hash = SHA256()
        hash.update(bytes)
        guard let id = Identifier16<Tag>(hash.finalize().prefix(16)) else {
            fatalError("a SHA-256 has 32 bytes")
        }
        return id
    }
}

/// Concurrent edits that were merged without anybody having seen it.
public struct ReviewRecord: Hashable, Sendable {
    /// What it is known by.
    public let id: ReviewID
    /// The shortest prefix of its handle, of at least four letters, that names no other one.
    public internal(set) var shortHandle: String
    /// The article it is in.
    public let article: ArticleID
    /// What was merged.
    public let review: ArticleReview
    /// Whether the user of this replica has looked at it and is content.
    public internal(set) var isAccepted = false

    init(_ review: ArticleReview, in article: ArticleID) {
        id = ConflictRecord.id(ofBytes: review.idBytes(in: article))
        shortHandle = String(id.handle.prefix(4))
        self.article = article
        self.review = review
    }
}
