internal import ArticleMerge
internal import ArticleModel
internal import TestSupport

/// Makes up a history, transaction by transaction.
///
/// Knows how long the text is at each version, so that what is added fits.
struct TraceBuilder: ~Copyable {
    private(set) var transactions: [TraceFile.Transaction] = []
    var random: SeededRandom
    private var document = TextDocument()
    private var sequences: [UInt32: UInt64] = [:]

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// The number of scalars of the version that some transactions lead to.
    mutating func length(after transactions: [Int]) throws -> Int {
        try document.scalarCount(after: transactions)
    }

    /// Adds a transaction and gives its number.
    @discardableResult
    mutating func add(
        _ patches: [TraceFile.Patch],
        after parents: [Int],
        by agent: UInt32
    ) throws -> Int {
        let sequence = sequences[agent] ?? 0
        let transaction = TraceFile.Transaction(
            parents: parents.sorted(),
            agent: agent,
            sequence: sequence,
            patches: patches
        )
        transactions.append(transaction)
        sequences[agent] = sequence + max(1, transaction.eventCount)
        return try document.merge(
            patches.map(TextDocument.Patch.init),
            parents: transaction.parents,
            agent: agent,
            sequence: sequence
        )
    }

    /// The trace of all that was added; its end is that of the whole history merged at once.
    consuming func trace() throws -> TraceFile { try TraceFile(merging: transactions) }

    /// A number of about `mean`, often less, seldom much more.
    mutating func spread(_ mean: Int) -> Int {
        var number = 0
        while !random.oneIn(mean + 1) { number += 1 }
        return number
    }

    /// `count` letters with a space now and then.
    mutating func letters(_ count: Int) -> String {
        var bytes: [UInt8] = []
        for _ in 0..<count { bytes.append(random.oneIn(6) ? 32 : 97 + UInt8(random.below(26))) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TraceFile {
    /// A history, and the text it ends with where it is merged at once.
    public init(merging transactions: [Transaction]) throws {
        let draft = TraceFile(transactions: transactions, endContent: "")
        let end = try TextDocument(replaying: draft.history()).utf8
        self.init(transactions: transactions, endContent: String(decoding: end, as: UTF8.self))
    }

    /// The history of the first `count` transactions.
    public func prefix(_ count: Int) throws -> TraceFile {
        try TraceFile(merging: Array(transactions.prefix(count)))
    }

    /// The same history delivered in another order, in which `next` picks among the transactions
    /// whose parents were delivered, given ascending by number.
    public func delivered(_ next: (_ ready: [Int]) -> Int) -> TraceFile {
        var waiting = transactions.map(\.parents.count)
        var children = [[Int]](repeating: [], count: transactions.count)
        for (number, transaction) in transactions.enumerated() {
            for parent in transaction.parents { children[parent].append(number) }
        }
        var ready = waiting.indices.filter { waiting[$0] == 0 }
        var ranks = [Int](repeating: 0, count: transactions.count)
        var result: [Transaction] = []
        while !ready.isEmpty {
            let number = ready.remove(at: next(ready))
            ranks[number] = result.count
            let old = transactions[number]
            result.append(
                Transaction(
                    parents: old.parents.map { ranks[$0] }.sorted(),
                    agent: old.agent,
                    sequence: old.sequence,
                    patches: old.patches
                )
            )
            for child in children[number] {
                waiting[child] -= 1
                if waiting[child] == 0 { ready.append(child) }
            }
            ready.sort()
        }
        return TraceFile(transactions: result, endContent: endContent)
    }

    /// The same history delivered in a random order.
    public func deliveredAtRandom(seed: UInt64) -> TraceFile {
        var random = SeededRandom(seed: seed)
        return delivered { random.below($0.count) }
    }

    /// The same history delivered so that agents take turns as far as they can.
    public func deliveredInTurns() -> TraceFile {
        var turns: [UInt32: Int] = [:]
        return delivered { ready in
            let place = ready.indices.min {
                (turns[transactions[ready[$0]].agent] ?? 0, $0)
                    < (turns[transactions[ready[$1]].agent] ?? 0, $1)
            }
            guard let place else { return 0 }
            turns[transactions[ready[place]].agent, default: 0] += 1
            return place
        }
    }
}
