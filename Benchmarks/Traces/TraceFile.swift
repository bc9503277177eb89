public import Foundation

/// A recorded or generated editing history of one text, as published with Eg-walker and the editing
/// traces: positions and lengths count Unicode scalars.
public struct TraceFile: Sendable {
    /// Takes out scalars at a position and puts others in their place.
    public struct Patch: Sendable {
        /// Where, in the text as the patch before left it.
        public let position: Int
        /// How many scalars go.
        public let deletedCount: Int
        /// What comes in their place.
        public let inserted: String
    }

    /// Patches that one agent made in a row.
    public struct Transaction: Sendable {
        /// The transactions it goes on from, by number.
        public let parents: [Int]
        /// Who made it.
        public let agent: UInt32
        /// The number of its first event among those of the agent.
        public let sequence: UInt64
        /// What it does.
        public let patches: [Patch]
    }

    /// The transactions, parents first.
    public let transactions: [Transaction]
    /// The text after all of them are merged.
    public let endContent: String
    /// Whether each transaction but the first goes on from exactly the one before.
    public let isSequential: Bool

    /// A history that was made up, and the text it ends with.
    public init(transactions: [Transaction], endContent: String) {
        self.transactions = transactions
        self.endContent = endContent
        isSequential = false
    }

    /// Reads a trace; a name that ends in `.gz` is unpacked by the system's `gzip`.
    public init(contentsOf url: URL) throws {
        let text = try TraceJSON.decode(TraceJSON.self, at: url)
        self.init(text)
    }

    /// Reads a file of conformance cases.
    public static func conformanceCases(at url: URL) throws -> [TraceFile] {
        try TraceJSON.decode([TraceJSON].self, at: url).map { TraceFile($0) }
    }

    init(_ json: TraceJSON) {
        endContent = json.endContent
        if json.txns.contains(where: { $0.span != nil }) {
            isSequential = false
            transactions = TraceFile.transactions(byEvent: json.txns)
            return
        }
        isSequential = json.kind != "concurrent"
        var counts: [UInt32: UInt64] = [:]
        var transactions: [Transaction] = []
        for (number, txn) in json.txns.enumerated() {
            let agent = txn.agent?.rank ?? 0
            let sequence = counts[agent] ?? 0
            transactions.append(
                Transaction(
                    parents: isSequential ? (number > 0 ? [number - 1] : []) : txn.parents ?? [],
                    agent: agent,
                    sequence: sequence,
                    patches: txn.patches ?? []
                )
            )
            counts[agent] = sequence + transactions[number].eventCount
        }
        self.transactions = transactions
    }

    /// Transactions of a file that names parents by event: one that is gone on from in its middle
    /// is split there.
    private static func transactions(byEvent txns: [TraceJSON.Transaction]) -> [Transaction] {
        let cuts = Set(txns.flatMap { $0.parents ?? [] }.map { $0 + 1 })
        var owner: [Int: Int] = [:]
        var result: [Transaction] = []
        for txn in txns {
            guard let span = txn.span, span.count == 2 else { continue }
            let events = (txn.ops ?? []).flatMap(\.events)
            var parents = (txn.parents ?? []).compactMap { owner[$0] }
            var start = span[0]
            while start < span[1] {
                let end = cuts.filter { $0 > start && $0 < span[1] }.min() ?? span[1]
                result.append(
                    Transaction(
                        parents: parents,
                        agent: txn.agent?.rank ?? 0,
                        sequence: (txn.seqStart ?? 0) + UInt64(start - span[0]),
                        patches: Array(events[start - span[0]..<end - span[0]])
                    )
                )
                for event in start..<end { owner[event] = result.count - 1 }
                parents = [result.count - 1]
                start = end
            }
        }
        return result
    }
}

extension TraceFile.Transaction {
    /// The number of scalars deleted or inserted.
    var eventCount: UInt64 {
        patches.reduce(0) {
            $0 + UInt64($1.deletedCount) + UInt64($1.inserted.unicodeScalars.count)
        }
    }
}

extension TraceFile.Patch {
    /// The patch as one patch a scalar.
    var events: [TraceFile.Patch] {
        let deletions = (0..<deletedCount).map { _ in
            TraceFile.Patch(position: position, deletedCount: 1, inserted: "")
        }
        let insertions = inserted.unicodeScalars.enumerated().map { index, scalar in
            TraceFile.Patch(position: position + index, deletedCount: 0, inserted: String(scalar))
        }
        return deletions + insertions
    }
}
