import ArticleModel
import Membership
import ReplicaStore
import Signing
import Testing

/// The parts of a header that tests alter.
struct HeaderParts {
    var library: LibraryID
    var chain: ChainID
    var sequence: UInt64
    var previous: ChangeSetID?
    var lamport: UInt64
    var membership: MembershipReference
    var dependencies: [ChangeSetID] = []
    var body: BodyReference?
    var touched: [TouchedArticle]

    var header: ChangeSetHeader {
        ChangeSetHeader(
            kind: .content,
            library: library,
            chain: chain,
            sequence: sequence,
            previous: previous,
            lamport: lamport,
            timeMilliseconds: 20,
            membership: membership,
            dependencies: dependencies,
            body: body,
            touched: touched
        )
    }
}

extension TestLibrary {
    /// An entry after `last` that holds `body`, altered by `alter` and signed, whatever it says.
    func entry(
        after last: SignedChangeSet,
        body: [UInt8],
        touching articles: [ArticleID],
        key: PrivateKey? = nil,
        _ alter: (inout HeaderParts) throws -> Void = { _ in }
    ) throws -> IncomingEntry {
        var parts = HeaderParts(
            library: log.library,
            chain: last.header.chain,
            sequence: last.header.sequence + 1,
            previous: last.id,
            lamport: last.header.lamport + 1,
            membership: log.reference,
            body: BodyReference(codecVersion: BodyCodec.version, bytes: body),
            touched: articles.map { TouchedArticle(article: $0, permission: .edit) }
        )
        try alter(&parts)
        let signed = try parts.header.signed(with: key ?? ownerKey).signed
        return IncomingEntry(signed, body: parts.body == nil ? nil : body)
    }

    /// An entry after `last` that edits an article as seen at `parents`.
    func entry(
        after last: SignedChangeSet,
        editing article: ArticleID,
        parents: [ChangeID],
        _ operations: [Operation],
        key: PrivateKey? = nil,
        _ alter: (inout HeaderParts) throws -> Void = { _ in }
    ) throws -> IncomingEntry {
        let body = ChangeSetBody(changes: [.edit(parents: parents, operations: operations)])
        return try entry(
            after: last,
            body: BodyCodec.encode(body),
            touching: [article],
            key: key,
            alter
        )
    }
}
