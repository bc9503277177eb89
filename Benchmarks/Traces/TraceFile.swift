public import Foundation

/// A recorded or generated editing history of one text, as published with Eg-walker and the editing
/// traces: positions and lengths count Unicode scalars.
public struct TraceFile: Sendable {
    /// Takes out scalars at a position and puts others in their place.
    public struct Patch: Equatable, Sendable {
        /// Where, in the text as the patch before left it.
        public let position: Int
        /// How many scalars go.
        public let deletedCount: Int
        /// What comes in their place.
        public let inserted: String
    }

    /// Patches that one agent made in a row.
    public struct Transaction: Equatable, Sendable {
        /// The transactions it goes on from, by number.
        public let parents: [Int]
        /// Who made it.
        public let agent: UInt32
        /// The number of its first event among those of the agent.
        public let sequence: UInt64
        /// What it does.
        public let patches: [Patch]
    }

    /// What a file holds.
    public enum Contents: Sendable {
        /// One history.
        case trace(TraceFile)
        /// Many short ones.
        case cases([TraceFile])

        /// All of them.
        public var traces: [TraceFile] {
            switch self {
            case .trace(let trace): [trace]
            case .cases(let cases): cases
            }
        }
    }

    /// The transactions, parents first.
    public let transactions: [Transaction]
    /// The text after all of them are merged.
    public let endContent: String
    /// Whether each transaction but the first goes on from exactly the one before.
    public let isSequential: Bool
    /// What stands for characters that texts do not hold.
    private let standIns: StandIns?

    /// A history that was made up, and the text it ends with.
    public init(transactions: [Transaction], endContent: String) {
        self.transactions = transactions
        self.endContent = endContent
        isSequential = false
        standIns = nil
    }

    /// Reads a file of any of the forms: a sequential or concurrent trace, or conformance cases of
    /// either kind; JSON, or JSON that the system's `gzip` unpacks.
    public static func contents(of url: URL) throws(TraceError) -> Contents {
        do throws(TraceError) {
            let data = try TraceJSON.data(at: url)
            guard data.first(where: { !TraceJSON.whitespace.contains($0) }) == UInt8(ascii: "[")
            else {
                return .trace(try TraceFile(TraceJSON.decode(TraceJSON.self, data)))
            }
            var cases: [TraceFile] = []
            for (number, json) in try TraceJSON.decode([TraceJSON].self, data).enumerated() {
                do throws(TraceError) {
                    cases.append(try TraceFile(json))
                } catch {
                    throw TraceError(error.code, "case \(number): \(error.message)")
                }
            }
            guard !cases.isEmpty else { throw TraceError(.malformed, "holds no case") }
            return .cases(cases)
        } catch {
            throw error.at(url.path)
        }
    }

    /// Reads the trace of a file that holds one.
    public init(contentsOf url: URL) throws(TraceError) {
        switch try TraceFile.contents(of: url) {
        case .trace(let trace): self = trace
        case .cases:
            throw TraceError(.malformed, "holds conformance cases, not one trace", file: url.path)
        }
    }

    /// Reads a file of conformance cases.
    public static func conformanceCases(at url: URL) throws(TraceError) -> [TraceFile] {
        switch try contents(of: url) {
        case .trace:
            throw TraceError(.malformed, "holds one trace, not conformance cases", file: url.path)
        case .cases(let cases): cases
        }
    }

    /// A text in which this trace ends, as its file has it.
    public func original(of utf8: [UInt8]) -> [UInt8] {
        guard let standIns else { return utf8 }
        return Array(standIns.taken(outOf: String(decoding: utf8, as: UTF8.self)).utf8)
    }

    init(_ original: TraceJSON) throws(TraceError) {
        standIns = StandIns(for: original.texts)
        let json = standIns.map(original.with) ?? original
        guard json.startContent?.isEmpty ?? true else {
            throw TraceError(.malformed, "startContent is not empty: such traces are not read")
        }
        guard json.kind == nil || json.kind == "concurrent" else {
            throw TraceError(.malformed, "there is no kind of trace '\(json.kind ?? "")'")
        }
        endContent = json.endContent
        let ranks = TraceJSON.ranks(of: json.txns)
        if json.txns.contains(where: { $0.span != nil }) {
            isSequential = false
            transactions = try TraceFile.transactions(byEvent: json.txns, ranks)
        } else {
            isSequential = json.kind == nil && !json.txns.contains { $0.parents != nil }
            transactions = try TraceFile.transactions(
                byNumber: json.txns,
                ranks,
                isSequential: isSequential
            )
        }
    }

    /// Transactions of a file that names parents by the numbers of transactions.
    private static func transactions(
        byNumber txns: [TraceJSON.Transaction],
        _ ranks: [String: UInt32],
        isSequential: Bool
    ) throws(TraceError) -> [Transaction] {
        var sequences: [UInt32: UInt64] = [:]
        var result: [Transaction] = []
        result.reserveCapacity(txns.count)
        for (number, txn) in txns.enumerated() {
            guard let patches = txn.patches, isSequential || txn.parents != nil else {
                let missing = txn.patches == nil ? "patches" : "parents"
                throw TraceError(.malformed, "transaction \(number) has no \(missing)")
            }
            let parents = isSequential ? (number > 0 ? [number - 1] : []) : txn.parents ?? []
            for parent in parents where parent < 0 || parent >= number {
                throw TraceError(
                    .inconsistent,
                    "transaction \(number) goes on from \(parent), which does not come before it"
                )
            }
            let agent = txn.agent?.rank(in: ranks) ?? 0
            let sequence = sequences[agent] ?? 0
            var count: UInt64 = 0
            for patch in patches { count += UInt64(try patch.eventCount(in: number)) }
            sequences[agent] = sequence + count
            result.append(
                Transaction(parents: parents, agent: agent, sequence: sequence, patches: patches)
            )
        }
        return result
    }
}

extension TraceFile.Patch {
    /// What a number in a trace may be at most, so that sums of them are exact.
    static let numberMax = Int(Int32.max)

    /// The number of scalars deleted or inserted; throws for a patch that cannot be meant.
    func eventCount(in transaction: Int) throws(TraceError) -> Int {
        let numbers = 0...Self.numberMax
        guard numbers.contains(position), numbers.contains(deletedCount) else {
            throw TraceError(
                .inconsistent,
                "transaction \(transaction) has the patch [\(position), \(deletedCount), …], out of all bounds"
            )
        }
        return deletedCount + inserted.unicodeScalars.count
    }
}
