import ArticleModel
import CBOR

/// MEMBERS: records of the membership log, in its order.
public struct Members: Hashable, Sendable {
    /// One record as bytes, with the hub's receipt if it has one.
    public struct Record: Hashable, Sendable {
        /// The signed record.
        public let record: [UInt8]
        /// The hub's receipt for it.
        public let receipt: [UInt8]?

        /// A record to send.
        public init(record: [UInt8], receipt: [UInt8]?) {
            self.record = record
            self.receipt = receipt
        }
    }

    /// The records.
    public var records: [Record]
    /// Whether more follow at once in another message.
    public var isContinued: Bool

    /// Sends `records`.
    public init(records: [Record], isContinued: Bool = false) {
        self.records = records
        self.isContinued = isContinued
    }
}

/// ACK: what was taken and is durable.
public enum Acknowledgement: Hashable, Sendable {
    /// The hub took the next entries the client sent, in their order, and they have these positions
    /// now; 0 for one that was not taken. `head` is the end of its log with them.
    case taken(positions: [UInt64], head: Mark)
    /// The client holds all entries up to this position.
    case held(position: UInt64)
}

/// BLOB: a piece of a body that is too large for a run; follows the run that names it.
public struct BlobPiece: Hashable, Sendable {
    /// SHA-256 of the whole body.
    public var hash: [UInt8]
    /// Where the piece begins in it.
    public var offset: Int
    /// The size of the whole.
    public var total: Int
    /// The piece.
    public var bytes: [UInt8]

    /// Sends a piece.
    public init(hash: [UInt8], offset: Int, total: Int, bytes: [UInt8]) {
        self.hash = hash
        self.offset = offset
        self.total = total
        self.bytes = bytes
    }
}

extension Members {
    func encode(to writer: inout CBORWriter) {
        writer.array(2)
        writer.array(records.count)
        for record in records {
            writer.array(record.receipt == nil ? 1 : 2)
            writer.bytes(record.record)
            if let receipt = record.receipt { writer.bytes(receipt) }
        }
        writer.bool(isContinued)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        records = []
        for _ in 0..<(try reader.array(atMost: ProtocolLimits.recordCountMax)) {
            let start = reader.offset
            let parts = try reader.array(atMost: 2)
            let record = try reader.limitedBytes(ProtocolLimits.recordSizeMax)
            guard parts > 0 else {
                throw CBORError(code: .wrongCount, offset: start, message: "an empty record")
            }
            let receipt =
                parts == 2 ? try reader.limitedBytes(ProtocolLimits.recordSizeMax) : nil
            records.append(Record(record: record, receipt: receipt))
        }
        isContinued = try reader.bool()
    }
}

extension Acknowledgement {
    func encode(to writer: inout CBORWriter) {
        switch self {
        case .taken(let positions, let head):
            // Positions mostly follow one another: first and count of each such series.
            var series: [(first: UInt64, count: UInt64)] = []
            for position in positions {
                if let last = series.last,
                    position == 0 ? last.first == 0 : last.first + last.count == position,
                    position == 0 || last.first != 0
                {
                    series[series.count - 1].count += 1
                } else {
                    series.append((position, 1))
                }
            }
            writer.array(2)
            writer.array(series.count * 2)
            for (first, count) in series {
                writer.unsigned(first)
                writer.unsigned(count)
            }
            writer.mark(head)
        case .held(let position):
            writer.array(1)
            writer.unsigned(position)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        let parts = try reader.array(atMost: 2)
        guard parts == 2 else {
            guard parts == 1 else {
                throw CBORError(code: .wrongCount, offset: start, message: "an empty ACK")
            }
            self = .held(position: try reader.unsigned(atMost: UInt64(Int64.max)))
            return
        }
        let count = try reader.array()
        guard count.isMultiple(of: 2) else {
            throw CBORError(code: .wrongCount, offset: start, message: "a series without its count")
        }
        var positions: [UInt64] = []
        var last: (first: UInt64, next: UInt64)?
        for _ in 0..<(count / 2) {
            let start = reader.offset
            let first = try reader.unsigned(atMost: UInt64(Int64.max))
            // What one frame may acknowledge is what a window of frames may hold.
            let room = UInt64(Self.entryCountMax - positions.count)
            let count = try reader.unsigned(atMost: room)
            let couldJoin = last.map {
                first == 0 ? $0.first == 0 : $0.first != 0 && $0.next == first
            }
            guard count > 0, couldJoin != true else {
                throw CBORError(code: .outOfRange, offset: start, message: "a series in parts")
            }
            for index in 0..<count { positions.append(first == 0 ? 0 : first + index) }
            last = (first, first == 0 ? 0 : first + count)
        }
        self = .taken(positions: positions, head: try reader.mark())
    }

    /// The most entries one ACK is about.
    static let entryCountMax = 65_536
}

extension BlobPiece {
    func encode(to writer: inout CBORWriter) {
        writer.array(4)
        writer.bytes(hash)
        writer.unsigned(UInt64(offset))
        writer.unsigned(UInt64(total))
        writer.bytes(bytes)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 4)
        hash = Array(try reader.bytes(exactly: 32))
        // Whether the whole is too large is said by whoever gathers the pieces.
        let limit = UInt64(UInt32.max)
        offset = Int(try reader.unsigned(atMost: limit))
        total = Int(try reader.unsigned(atMost: limit))
        let start = reader.offset
        bytes = try reader.limitedBytes(ProtocolLimits.inlineBodySizeMax)
        guard !bytes.isEmpty, offset + bytes.count <= total else {
            throw CBORError(code: .outOfRange, offset: start, message: "a piece beyond its body")
        }
    }
}

extension CBORReader {
    mutating func limitedBytes(_ limit: Int) throws(CBORError) -> [UInt8] {
        let start = offset
        let slice = try byteSlice()
        guard slice.count <= limit else {
            throw CBORError(
                code: .outOfRange,
                offset: start,
                message: "\(slice.count) bytes where at most \(limit) may be"
            )
        }
        return Array(slice)
    }
}
