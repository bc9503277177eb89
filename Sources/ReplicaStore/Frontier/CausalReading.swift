import ArticleModel
import SQLite

/// Where a reader of parts of several chains stands; see ``Replica/beginReading(_:)``.
///
/// Holds a few row numbers of each chain and nothing of the entries.
public struct CausalReading: Sendable {
    /// The rows of one chain that come next, ascending.
    fileprivate struct Stream: Sendable {
        let span: ChainSpan
        /// Of a chain that forked, numbers and rows do not go the same way.
        let isForked: Bool
        /// The rows read ahead, the next one last.
        var ahead: [Int64] = []
        /// The last row read ahead, and its number in the chain.
        var lastRow: Int64 = 0
        var lastSequence: Int64
        var isExhausted = false
    }

    fileprivate var streams: [Stream]
    /// The chains that have rows left, as a heap by their next row.
    fileprivate var heap: [(row: Int64, stream: Int)] = []
    /// How many rows of each chain are read ahead.
    fileprivate let aheadCount: Int

    /// Whether everything was read.
    public var isAtEnd: Bool { heap.isEmpty }

    private static let aheadCountMax = 4_096
}

extension Replica {
    /// Begins to read parts of chains, each of another chain, in causal order: that of arrival.
    public func beginReading(_ spans: [ChainSpan]) throws(ReplicaError) -> CausalReading {
        try readLog {
            var reading = CausalReading(
                streams: [],
                aheadCount: CausalReading.aheadCount(chainCount: spans.count)
            )
            for span in spans {
                let stream = CausalReading.Stream(
                    span: span,
                    isForked: try isForked(span.chain),
                    lastSequence: span.after.map { Int64(clamping: $0) } ?? -1
                )
                reading.streams.append(stream)
                if let row = try nextRow(&reading, of: reading.streams.count - 1) {
                    reading.push(row, reading.streams.count - 1)
                }
            }
            return reading
        }
    }

    /// The next entries, until `sizeMax` bytes or `countMax` entries are reached; one at least,
    /// unless there is none.
    public func nextEntries(
        of reading: inout CausalReading,
        sizeMax: Int = 1024 * 1024,
        countMax: Int = 1024
    ) throws(ReplicaError) -> [StoredEntry] {
        var moved = reading
        let entries = try readLog {
            var entries: [StoredEntry] = []
            var size = 0
            while entries.count < countMax, let (row, stream) = moved.heap.first {
                let entry = try storedEntry(atRow: row)
                size += entry.size
                if !entries.isEmpty, size > sizeMax { break }
                entries.append(entry)
                moved.pop()
                if let next = try nextRow(&moved, of: stream) { moved.push(next, stream) }
            }
            return entries
        }
        reading = moved
        return entries
    }

    private func nextRow(_ reading: inout CausalReading, of index: Int) throws -> Int64? {
        if reading.streams[index].ahead.isEmpty, !reading.streams[index].isExhausted {
            try readAhead(&reading.streams[index], count: reading.aheadCount)
        }
        return reading.streams[index].ahead.popLast()
    }

    private func readAhead(_ stream: inout CausalReading.Stream, count: Int) throws {
        let chain = Value.bytes(stream.span.chain.bytes)
        let through = Value.integer(Int64(clamping: stream.span.through))
        let rows: Statement
        if stream.isForked {
            rows = try database.statement(
                """
                SELECT row, seq FROM entry WHERE chain = ? AND seq > ? AND seq <= ? AND row > ?
                ORDER BY row LIMIT ?
                """,
                chain,
                .integer(stream.span.after.map { Int64(clamping: $0) } ?? -1),
                through,
                .integer(stream.lastRow),
                .integer(count)
            )
        } else {
            rows = try database.statement(
                """
                SELECT row, seq FROM entry WHERE chain = ? AND seq > ? AND seq <= ?
                ORDER BY seq LIMIT ?
                """,
                chain,
                .integer(stream.lastSequence),
                through,
                .integer(count)
            )
        }
        var found: [Int64] = []
        while try rows.step() {
            found.append(rows.integer(0))
            stream.lastRow = rows.integer(0)
            stream.lastSequence = rows.integer(1)
        }
        stream.isExhausted = found.count < count
        stream.ahead = found.reversed()
    }
}

// MARK: - The heap

extension CausalReading {
    fileprivate static func aheadCount(chainCount: Int) -> Int {
        max(1, aheadCountMax / max(1, chainCount))
    }

    fileprivate mutating func push(_ row: Int64, _ stream: Int) {
        heap.append((row, stream))
        var index = heap.count - 1
        while index > 0, heap[index].row < heap[(index - 1) / 2].row {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    fileprivate mutating func pop() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
                if heap[child].row < heap[least].row { least = child }
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
