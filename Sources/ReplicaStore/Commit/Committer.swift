import ArticleMerge
import ArticleModel
import Membership
import SQLite
import Signing

/// Signs change sets of the user's and takes them into the log within one transaction.
struct Committer {
    let replica: Replica
    private let signer: Signer
    private let now: Int64
    private let device: DeviceKey
    private let author: UserID
    let role: Role
    private let log: MembershipLog
    var articles = ArticleDerivation()
    /// The last entry of the chain; nil before a chain is opened.
    private var head: EntryPlace?
    private var hasSigned = false

    init(_ replica: Replica, _ signer: Signer, now: Int64) throws {
        self.replica = replica
        self.signer = signer
        self.now = now
        log = try replica.membershipLog()
        device = try DeviceKey(signer.key.publicKey)
        guard let author = log.user(of: device),
            let role = log.role(of: device, at: log.head.sequence)
        else {
            throw ReplicaError(
                .notAllowed,
                "This device is no member of the library. Ask for an invitation."
            )
        }
        self.author = author
        self.role = role
        head = try replica.ownChainHead(
            of: device,
            anchor: try signer.anchors.load(),
            machine: signer.machine
        )
    }

    /// The anchor to keep; nil where nothing was signed.
    var anchor: ChainAnchor? {
        guard hasSigned, let head else { return nil }
        return ChainAnchor(
            chain: head.chain,
            sequence: head.sequence,
            id: head.id,
            machine: signer.machine
        )
    }

    /// Signs one change set of `changes`.
    mutating func commit(_ changes: [LocalChange]) throws -> CommitResult {
        var drafts: [Draft] = []
        for change in changes { drafts.append(try draft(change)) }
        let new = drafts.indices.filter { drafts[$0].isNew }
            .sorted { drafts[$0].article < drafts[$1].article }
        guard !new.isEmpty else { return CommitResult(drafts, entry: nil) }
        for (index, next) in zip(new, new.dropFirst())
        where drafts[index].article == drafts[next].article {
            throw ReplicaError(.faultyChange, "A change set may touch an article only once.")
        }
        let body = ChangeSetBody(changes: new.map { drafts[$0].content })
        let entry = try sign(
            body: body,
            touched: new.map {
                TouchedArticle(article: drafts[$0].article, permission: drafts[$0].permission)
            }
        )
        for (part, index) in new.enumerated() {
            if case .edit = drafts[index].content {
                drafts[index].change = ChangeIdentity.id(of: entry, index: part)
                try checkEffect(of: drafts[index])
                if !changes[index].texts.isEmpty {
                    let merged = try articles.currentState(of: drafts[index].article, in: replica)
                    try replica.check(changes[index].texts, after: drafts[index], merged)
                }
            }
        }
        return CommitResult(drafts, entry: entry)
    }

    /// Derives the articles touched; to be called once, at the end.
    mutating func finish() throws {
        try articles.finish(in: replica)
        guard hasSigned, let head else { return }
        try replica.markDerived(to: head.row, isLast: true)
        try replica.database.setMeta(.chain, .bytes(head.chain.bytes))
        try replica.database.setMeta(.device, .bytes(device.bytes))
    }
}

extension CommitResult {
    init(_ drafts: [Draft], entry: ChangeSetID?) {
        self.init(
            entry: entry,
            articles: drafts.map(\.article),
            changes: drafts.map(\.change),
            isNew: drafts.map(\.isNew)
        )
    }
}

// MARK: - Signing

extension Committer {
    private mutating func sign(
        body: ChangeSetBody,
        touched: [TouchedArticle]
    ) throws -> ChangeSetID {
        let bytes = replica.codecs.encode(body)
        guard bytes.count <= Limits.bodySizeMax else {
            throw ReplicaError(
                .tooLarge,
                "The change has \(bytes.count) bytes; at most \(Limits.bodySizeMax) are taken."
            )
        }
        guard touched.count <= Limits.articleCountMax else {
            throw ReplicaError(
                .tooLarge,
                "The change touches \(touched.count) articles; at most \(Limits.articleCountMax) "
                    + "are taken. Make several of it."
            )
        }
        if head == nil { try openChain() }
        var dependencies = try dependencies(of: body)
        while dependencies.count > Limits.dependencyCountMax {
            // Entries without changes take what does not fit.
            let taken = Array(dependencies.prefix(Limits.dependencyCountMax))
            dependencies.removeFirst(taken.count)
            try append(try header(dependencies: taken), body: nil)
        }
        let reference = BodyReference(codecVersion: replica.codecs.version, bytes: bytes)
        let header = try header(dependencies: dependencies, body: reference, touched: touched)
        return try append(header, body: bytes)
    }

    private mutating func openChain() throws {
        guard let incarnation = Incarnation(signer.random(Incarnation.byteCount)) else {
            throw ReplicaError(.ioError, "The system gave too few random bytes.")
        }
        // More branches than an entry can name, only somebody with a copy of the key makes; what
        // is left out is named by the edits that go on from it.
        let before = try replica.lastSent(of: replica.lastChain(of: device))
            .prefix(Limits.dependencyCountMax)
        let opening = ChainOpening(
            device: device,
            incarnation: incarnation,
            previous: before.first.map {
                ChainPosition(chain: $0.chain, sequence: $0.sequence, id: $0.id)
            }
        )
        let header = ChangeSetHeader(
            opening: opening,
            library: replica.library,
            lamport: ChainRules.lamport(after: before.map(KnownEntry.init)),
            timeMilliseconds: now,
            membership: membership,
            dependencies: before.map(\.id).sorted()
        )
        try append(header, body: nil)
    }

    private var membership: MembershipReference {
        MembershipReference(sequence: log.head.sequence, id: log.head.id)
    }

    private func header(
        dependencies: [ChangeSetID],
        body: BodyReference? = nil,
        touched: [TouchedArticle] = []
    ) throws -> ChangeSetHeader {
        guard let head else { throw ReplicaError(.damaged, "There is no chain to sign on.") }
        var before = [KnownEntry(head)]
        for dependency in dependencies {
            guard let place = try replica.place(of: dependency) else {
                throw replica.damagedLog("a dependency")
            }
            before.append(KnownEntry(place))
        }
        return ChangeSetHeader(
            kind: .content,
            library: replica.library,
            chain: head.chain,
            sequence: head.sequence + 1,
            previous: head.id,
            lamport: ChainRules.lamport(after: before),
            timeMilliseconds: now,
            membership: membership,
            dependencies: dependencies,
            body: body,
            touched: touched
        )
    }

    /// The entries of other chains to name so that every parent is in the causal past; sorted.
    private func dependencies(of body: ChangeSetBody) throws -> [ChangeSetID] {
        let provisional = try header(dependencies: [])
        var needed: Set<ChangeSetID> = []
        for case .edit(let parents, _) in body.changes {
            for parent in parents {
                if let entry = try replica.carrierToName(of: parent, in: provisional) {
                    needed.insert(entry)
                }
            }
        }
        return needed.sorted()
    }

    @discardableResult
    private mutating func append(_ header: ChangeSetHeader, body: [UInt8]?) throws -> ChangeSetID {
        let signed = try header.signed(with: signer.key)
        // What others will check, checked before it gets out.
        try ChainRules.check(signed, in: log) { try replica.place(of: $0).map(KnownEntry.init) }
        let row = try replica.appendToLog(
            signed.signed,
            by: device,
            body: body,
            status: .verified
        )
        try replica.link(header, signed.id, by: device, row: row)
        let entry = LogEntry(
            row: row,
            id: signed.id,
            header: header,
            device: device,
            author: author,
            body: body
        )
        try replica.derive(entry, into: &articles)
        try replica.database.run("INSERT INTO unplaced (entry) VALUES (?)", .integer(row))
        head = EntryPlace(
            row: row,
            id: signed.id,
            device: device,
            chain: header.chain,
            sequence: header.sequence,
            lamport: header.lamport,
            membership: header.membership.sequence
        )
        hasSigned = true
        return signed.id
    }
}

extension Replica {
    /// Whether a change of the article was written by a newer galley.
    func needsNewer(_ article: ArticleID) throws -> Bool {
        try database.integer("SELECT newer FROM article WHERE id = ?", .bytes(article.bytes)) == 1
    }

    /// The entry to name as a dependency for `change` to be in the causal past of the entry of
    /// `header`; nil where it is there already.
    func carrierToName(of change: ChangeID, in header: ChangeSetHeader) throws -> ChangeSetID? {
        let rows = try database.statement(
            """
            SELECT entry.id, entry.chain, entry.seq FROM change
            JOIN entry ON entry.row = change.entry WHERE change.id = ? ORDER BY entry.row
            """,
            .bytes(change.bytes)
        )
        var first: ChangeSetID?
        while try rows.step() {
            guard let id = ChangeSetID(rows.bytes(0)), let chain = ChainID(rows.bytes(1)) else {
                throw damagedLog("an entry")
            }
            let sequence = UInt64(clamping: rows.integer(2))
            if try isInCausalPast(id, chain, sequence, of: header) { return nil }
            // An entry of the own chain cannot be named; one that is not in the past lies on
            // another branch.
            if first == nil, chain != header.chain { first = id }
        }
        guard let first else {
            throw ReplicaError(
                .notFound,
                "The edit was made on a version that is not here (\(change.handle.prefix(8)))."
            )
        }
        return first
    }
}
