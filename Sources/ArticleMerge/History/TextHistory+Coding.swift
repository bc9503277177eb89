internal import ArticleModel
internal import Compression

// The saved form of a history:
//
//     byte      1, the version
//     numbers   nodes, runs, bytes of the columns, bytes of their frame, bytes of the inserted text,
//               bytes of its frame
//     frames    the columns and the text, each compressed as one Zstandard frame
//
// A number is LEB128. The columns, one after the other:
//
//     nodes     agent; sequence less that of the agent's node before, zigzag; 0 for the node before
//               as the only parent, or 1 + the number of parents and how far back each is; number
//               of runs
//     runs      position less the expected one, zigzag, times 4, + 2 for a deletion, + 1 for a
//               single scalar; expected is where the run before ended
//     lengths   of the runs of more than one scalar, less 2
extension TextHistory {
    /// The history as bytes, smaller the more `effort` is spent (1 to 19).
    public func encoded(effort: Int = 9) -> [UInt8] {
        var columns = NumberWriter()
        var expected: [UInt32: UInt64] = [:]
        for number in 0..<count {
            let node = node(number)
            columns.write(UInt64(node.agent))
            columns.write(signed: Int64(bitPattern: node.sequence &- (expected[node.agent] ?? 0)))
            expected[node.agent] = node.sequence
            if node.parents.count == 1, Int(parents[node.parents.lowerBound]) == number - 1 {
                columns.write(0)
            } else {
                columns.write(UInt64(node.parents.count) + 1)
                for parent in parents[node.parents] {
                    columns.write(UInt64(number) - UInt64(parent))
                }
            }
            columns.write(UInt64(node.runs.count))
        }
        var next: Int64 = 0
        for run in runs {
            let distance = Int64(run.position) - next
            let zigzag = UInt64(bitPattern: distance << 1 ^ distance >> 63)
            columns.write(zigzag << 2 | (run.isDeletion ? 2 : 0) | (run.count == 1 ? 1 : 0))
            next = Int64(run.position) + (run.isDeletion ? 0 : Int64(run.count))
        }
        for run in runs where run.count > 1 { columns.write(UInt64(run.count - 2)) }

        let columnFrame = Zstandard.compress(columns.bytes, level: effort)
        let textFrame = Zstandard.compress(text, level: effort)
        var result = NumberWriter()
        result.bytes.append(Self.codingVersion)
        for number in [
            count, runs.count, columns.bytes.count, columnFrame.count, text.count, textFrame.count,
        ] {
            result.write(UInt64(number))
        }
        return result.bytes + columnFrame + textFrame
    }

    private static let codingVersion: UInt8 = 1
    /// The bytes that the columns, or the text, may come to.
    private static let sizeMax = 256 * 1024 * 1024

    /// Reads a saved history; whether its positions lie in the text shows when it is replayed.
    public init(decoding bytes: [UInt8]) throws(MergeError) {
        try self.init(decoding: bytes[...])
    }

    init(decoding bytes: ArraySlice<UInt8>) throws(MergeError) {
        self.init()
        guard bytes.first == Self.codingVersion else { throw Self.unreadable }
        var header = NumberReader(bytes.dropFirst())
        let nodeCount = header.number(atMost: Self.sizeMax)
        let runCount = header.number(atMost: Self.sizeMax)
        let columnSize = header.number(atMost: Self.sizeMax)
        let columnFrameSize = header.number(atMost: bytes.count)
        let textSize = header.number(atMost: Self.sizeMax)
        let textFrameSize = header.number(atMost: bytes.count)
        let rest = header.rest
        // Every node takes four bytes of the columns at least, every run one.
        guard !header.isDamaged, rest.count == columnFrameSize + textFrameSize,
            nodeCount <= columnSize / 4, runCount <= columnSize
        else { throw Self.unreadable }
        let columns: [UInt8]
        do {
            var decompressor = Decompressor()
            columns = try decompressor.decompress(
                rest.prefix(columnFrameSize),
                expecting: columnSize,
                limit: Self.sizeMax
            )
            text = try decompressor.decompress(
                rest.suffix(textFrameSize),
                expecting: textSize,
                limit: Self.sizeMax
            )
        } catch {
            throw Self.unreadable
        }
        var reader = NumberReader(columns[...])
        try readNodes(nodeCount, runCount, &reader)
        try readRuns(runCount, &reader)
        guard !reader.isDamaged, reader.rest.isEmpty else { throw Self.unreadable }
        try countCharacters()
    }

    private mutating func readNodes(
        _ nodeCount: Int,
        _ runCount: Int,
        _ reader: inout NumberReader
    ) throws(MergeError) {
        var expected: [UInt32: UInt64] = [:]
        var runEnd = 0
        reserve(nodeCount)
        for number in 0..<nodeCount {
            let agent = UInt32(truncatingIfNeeded: reader.number(atMost: Int(UInt32.max)))
            let sequence = (expected[agent] ?? 0) &+ UInt64(bitPattern: reader.signedNumber())
            let form = reader.number(atMost: number + 1)
            addNode(agent: agent, sequence: sequence, firstRun: runEnd)
            if form == 0 {
                guard number > 0 else { throw Self.unreadable }
                parents.append(UInt32(number - 1))
            }
            var last = -1
            for _ in 0..<max(0, form - 1) {
                let parent = number - reader.number(atMost: number)
                guard parent > last, parent < number else { throw Self.unreadable }
                parents.append(UInt32(parent))
                last = parent
            }
            runEnd += reader.number(atMost: runCount - runEnd)
            guard !reader.isDamaged else { throw Self.unreadable }
            expected[agent] = sequence
        }
        guard runEnd == runCount else { throw Self.unreadable }
    }

    private mutating func readRuns(
        _ runCount: Int,
        _ reader: inout NumberReader
    ) throws(MergeError) {
        runs.reserveCapacity(runCount)
        for _ in 0..<runCount {
            let head = UInt64(reader.number(atMost: 1 << 40))
            // The distance waits in `position` until the lengths are known.
            runs.append(
                Run(
                    position: UInt32(truncatingIfNeeded: head >> 2),
                    countAndKind: UInt32(head & 2) << 30 | UInt32(head & 1),
                    firstByte: 0
                )
            )
            guard head >> 2 <= UInt64(UInt32.max) else { throw Self.unreadable }
        }
        let limit = Int(Run.deletionBit) - 3
        var next: Int64 = 0
        for index in 0..<runCount {
            var run = runs[index]
            if run.count == 0 { run.countAndKind |= UInt32(reader.number(atMost: limit)) + 2 }
            let zigzag = Int64(run.position)
            let position = next + (zigzag >> 1 ^ -(zigzag & 1))
            guard position >= 0, position < Int64(Run.deletionBit) else { throw Self.unreadable }
            run.position = UInt32(position)
            next = position + (run.isDeletion ? 0 : Int64(run.count))
            runs[index] = run
        }
    }

    static var unreadable: MergeError {
        MergeError(.unreadable, "these bytes are no saved history, or they are damaged")
    }
}

/// Writes numbers in LEB128.
struct NumberWriter {
    var bytes: [UInt8] = []

    mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(signed number: Int64) {
        write(UInt64(bitPattern: number << 1 ^ number >> 63))
    }
}

/// Reads numbers in LEB128; once something is wrong, all that follows is 0.
struct NumberReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private(set) var isDamaged = false

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// What was not read.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    @inline(__always)
    mutating func number(atMost limit: Int) -> Int {
        let number = number64()
        guard number <= UInt64(max(0, limit)) else {
            isDamaged = true
            return 0
        }
        return Int(number)
    }

    mutating func signedNumber() -> Int64 {
        let zigzag = number64()
        return Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    }

    @inline(__always)
    private mutating func number64() -> UInt64 {
        if position < bytes.endIndex, bytes[position] < 0x80 {
            position += 1
            return UInt64(bytes[position - 1])
        }
        return longNumber()
    }

    private mutating func longNumber() -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            // A number has one form: no needless bytes, no more than 64 bits.
            guard shift < 63 || byte <= 1, byte != 0 || shift == 0 else { break }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        isDamaged = true
        position = bytes.endIndex
        return 0
    }
}
