import ArticleMerge
import ArticleModel
import ReplicaStore

// What scripts do with a world, one step a call.

extension World {
    /// Somebody edits the first article, or begins it.
    func write(_ client: Client, times: Int = 1) throws {
        for _ in 0..<times {
            guard client.isUp, let replica = client.replicas[0] else { return }
            guard let article = libraries[0].articles.first,
                let found = try onClient(
                    client,
                    to: "read",
                    { try replica.mergedArticle(article) }
                ),
                found != nil
            else {
                let seed = Seed(
                    nonce: nil,
                    fields: [],
                    summary: "",
                    body: "The ferry left late.",
                    provenance: nil
                )
                try commit(.imported, .seed(seed), client, 0, replica)
                continue
            }
            let edit = Operation.insert(.body, position: 0, text: words(2))
            try commit(.edited, .edit(article, [edit]), client, 0, replica)
        }
    }

    /// Somebody begins so many articles, one a change set.
    func begin(_ client: Client, articles count: Int) throws {
        for number in 0..<count {
            guard client.isUp, let replica = client.replicas[0] else { return }
            let seed = Seed(
                nonce: nil,
                fields: [],
                summary: "",
                body: text("Article \(number). \(words(20).string)"),
                provenance: nil
            )
            try commit(.imported, .seed(seed), client, 0, replica)
        }
    }

    func setTitle(_ client: Client, _ title: ScalarText) throws {
        guard let replica = client.replicas[0], let article = libraries[0].articles.first else {
            throw Violation("there is no article")
        }
        try commit(.fieldSet, .edit(article, [.set(.title, .text(title))]), client, 0, replica)
    }

    func expectTitle(_ client: Client, _ title: ScalarText) throws {
        guard let article = libraries[0].articles.first,
            try client.replicas[0]?.article(article)?.shownValue(of: .title) == .text(title)
        else { throw Violation("\(client.name) sees another title") }
    }

    /// A client syncs with the hub to the end.
    func sync(_ client: Client) throws {
        try connect(client, isLive: false)
        try drain()
    }

    /// A client syncs until so many bytes have arrived at the hub.
    func syncUntilCut(_ client: Client, after limit: Int) throws {
        try connect(client, isLive: false)
        guard let wire = client.session?.wire else { return }
        wire.isDisturbed = true
        var left = limit
        while left > 0, wire.outward.isDue || wire.inward.isDue || hubNeedsFlush {
            if hubNeedsFlush { try flushHub() }
            if wire.outward.isDue {
                left -= wire.outward.count
                try deliver(wire, isOutward: true, limit: max(1, min(wire.outward.count, left)))
            } else if wire.inward.isDue {
                try deliver(wire, isOutward: false, limit: 1 << 20)
            }
        }
        wire.outward.cut(keeping: 0)
        wire.inward.cut(keeping: 0)
        try drain()
    }

    /// The bytes that arrive anywhere during `body`.
    func byteCount(_ body: () throws -> Void) throws -> Int {
        let before = deliveredByteCount
        try body()
        return deliveredByteCount - before
    }

    func entryCount(of client: Client) throws -> Int {
        try client.replicas[0]?.status().entryCount ?? 0
    }

    /// Hands all of a client's entries to another.
    func give(_ client: Client, to other: Client) throws {
        guard let source = client.replicas[0], let target = other.replicas[0] else { return }
        let entries = try source.entries(sizeMax: .max, countMax: .max).map {
            IncomingEntry($0.signed, body: $0.body)
        }
        _ = try target.receive(entries, from: client.device, verifying: .all)
    }

    func expectNoForks() throws {
        let report = try hub.shelf.replica(0)?.verify()
        guard report?.forkedChains.isEmpty == true else { throw Violation("a chain forked") }
    }

    func expectAllKept(on client: Client) throws {
        for commit in ledger.commits where commit.client == client.number {
            guard try client.replicas[commit.library]?.contains(commit.id) == true else {
                throw Violation("\(client.name) did not get its change back")
            }
        }
    }
}
