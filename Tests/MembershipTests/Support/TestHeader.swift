import ArticleModel
import Membership
import Signing
import Testing

/// Headers and their parts, the same in each run.
enum TestHeader {
    static func id<Tag>(_ number: UInt8) throws -> Identifier32<Tag> {
        try #require(Identifier32<Tag>([UInt8](repeating: number, count: 32)))
    }

    static func short<Tag>(_ number: UInt8) throws -> Identifier16<Tag> {
        try #require(Identifier16<Tag>([UInt8](repeating: number, count: 16)))
    }

    static func opening(
        _ number: UInt8 = 1,
        incarnation: UInt8 = 9,
        previous: ChainPosition? = nil
    ) throws -> ChainOpening {
        try ChainOpening(
            device: TestLibrary.device(number),
            incarnation: short(incarnation),
            previous: previous
        )
    }

    static func touched(_ number: UInt8, _ permission: PermissionClass) throws -> TouchedArticle {
        try TouchedArticle(article: short(number), permission: permission)
    }

    static let body = BodyReference(codecVersion: 0, bytes: Array("a body".utf8))

    /// The header that opens a chain of the device `number`.
    static func chainOpen(
        _ number: UInt8 = 1,
        in log: MembershipLog,
        lamport: UInt64 = 1,
        dependencies: [ChangeSetID] = [],
        opening: ChainOpening? = nil
    ) throws -> ChangeSetHeader {
        try ChangeSetHeader(
            opening: opening ?? self.opening(number),
            library: log.library,
            lamport: lamport,
            timeMilliseconds: TestLibrary.start,
            membership: log.reference,
            dependencies: dependencies
        )
    }

    /// The header of an entry after `previous`, which edits an article.
    static func content(
        after previous: VerifiedChangeSet,
        in log: MembershipLog,
        kind: ChangeSetHeader.Kind = .content,
        library: LibraryID? = nil,
        chain: ChainID? = nil,
        sequence: UInt64? = nil,
        lamport: UInt64? = nil,
        membership: MembershipReference? = nil,
        dependencies: [ChangeSetID] = [],
        body: BodyReference? = TestHeader.body,
        touched: [TouchedArticle]? = nil
    ) throws -> ChangeSetHeader {
        let articles = try touched ?? [Self.touched(40, .edit)]
        return ChangeSetHeader(
            kind: kind,
            library: library ?? log.library,
            chain: chain ?? previous.header.chain,
            sequence: sequence ?? previous.header.sequence + 1,
            previous: previous.id,
            lamport: lamport ?? previous.header.lamport + 1,
            timeMilliseconds: TestLibrary.start + 1,
            membership: membership ?? log.reference,
            dependencies: dependencies,
            body: body,
            touched: articles
        )
    }
}
