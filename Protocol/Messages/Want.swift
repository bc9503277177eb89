public import ArticleModel
import CBOR

/// WANT: which entries one side lacks, once a comparison has shown them.
public struct Wants: Hashable, Sendable {
    /// Chains of which the end is wanted.
    public var chains: [WantedChain]
    /// Entries wanted by name alone.
    public var ids: [ChangeSetID]
    /// The last turn of the comparison, so that none is missed.
    public var turn: UInt64
    /// Whether more is wanted, in another message that follows at once.
    public var isContinued: Bool

    /// A message of what is wanted after a comparison of so many turns.
    public init(
        turn: UInt64,
        chains: [WantedChain],
        ids: [ChangeSetID] = [],
        isContinued: Bool = false
    ) {
        self.turn = turn
        self.chains = chains
        self.ids = ids
        self.isContinued = isContinued
    }
}

/// What is wanted of a chain: everything up to some entries that is not known yet.
public struct WantedChain: Hashable, Sendable {
    /// The chain.
    public var chain: ChainID
    /// The ends of branches that are wanted, ascending.
    public var heads: [Mark]
    /// Entries of the chain that are held, ascending: the ends of branches, some before them, closer
    /// ones first, and the first of all.
    public var locators: [Mark]

    /// Wants `heads` of a chain of which `locators` are held.
    public init(chain: ChainID, heads: [Mark], locators: [Mark]) {
        self.chain = chain
        self.heads = heads
        self.locators = locators
    }
}

extension Wants {
    func encode(to writer: inout CBORWriter) {
        writer.array(4)
        writer.unsigned(turn)
        writer.array(chains.count)
        for wanted in chains {
            writer.array(3)
            writer.bytes(wanted.chain.bytes)
            writer.marks(wanted.heads)
            writer.marks(wanted.locators)
        }
        writer.array(ids.count)
        for id in ids { writer.bytes(id.bytes) }
        writer.bool(isContinued)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 4)
        turn = try reader.unsigned(atMost: RangeRounds.roundMax)
        chains = []
        for _ in 0..<(try reader.array(atMost: ProtocolLimits.rangeCountMax)) {
            try reader.array(exactly: 3)
            let chain: ChainID = try reader.identifier16()
            let start = reader.offset
            let heads = try reader.marks()
            guard !heads.isEmpty else {
                throw CBORError(code: .wrongCount, offset: start, message: "nothing is wanted")
            }
            chains.append(WantedChain(chain: chain, heads: heads, locators: try reader.marks()))
        }
        ids = []
        for _ in 0..<(try reader.array(atMost: ProtocolLimits.rangeCountMax)) {
            ids.append(try reader.identifier32())
        }
        isContinued = try reader.bool()
    }

    /// Messages of bounded size that hold all of it; one at least.
    static func parted(
        _ chains: [WantedChain],
        _ ids: [ChangeSetID],
        turn: UInt64
    ) -> [Wants] {
        var parts: [Wants] = []
        var current = Wants(turn: turn, chains: [], isContinued: true)
        var size = 0
        for wanted in chains {
            let wantedSize = 24 + 24 * (wanted.heads.count + wanted.locators.count)
            if size + wantedSize > sizeTarget
                || current.chains.count == ProtocolLimits.rangeCountMax,
                !current.chains.isEmpty
            {
                parts.append(current)
                current.chains = []
                size = 0
            }
            current.chains.append(wanted)
            size += wantedSize
        }
        for id in ids {
            if current.ids.count == ProtocolLimits.rangeCountMax {
                parts.append(current)
                current = Wants(turn: turn, chains: [], isContinued: true)
            }
            current.ids.append(id)
        }
        current.isContinued = false
        return parts + [current]
    }

    private static let sizeTarget = 128 * 1024
    /// Heads, and locators, of one chain in one message.
    static let markCountMax = 1_024
}

/// PROBE: places in the hub's log, by which a client finds where it and the hub part.
///
/// The client asks whether the hub's log goes through them; the hub answers with the last one that
/// it does.
public struct Probe: Hashable, Sendable {
    /// The places, ascending.
    public var marks: [Mark]

    /// Asks about `marks`, or answers with one.
    public init(marks: [Mark]) { self.marks = marks }

    /// Places in one message.
    static let markCountMax = 16
}

extension Probe {
    func encode(to writer: inout CBORWriter) { writer.marks(marks) }

    init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        marks = try reader.marks(atMost: Self.markCountMax)
        guard !marks.isEmpty else {
            throw CBORError(code: .wrongCount, offset: start, message: "no places")
        }
    }
}

extension CBORWriter {
    fileprivate mutating func marks(_ marks: [Mark]) {
        array(marks.count)
        for each in marks { mark(each) }
    }
}

extension CBORReader {
    /// Marks, ascending.
    fileprivate mutating func marks(
        atMost limit: Int = Wants.markCountMax
    ) throws(CBORError) -> [Mark] {
        var marks: [Mark] = []
        for _ in 0..<(try array(atMost: limit)) {
            let start = offset
            let next = try mark()
            if let last = marks.last {
                let isLater =
                    last.position == next.position
                    ? last.prefix.lexicographicallyPrecedes(next.prefix)
                    : last.position < next.position
                guard isLater else {
                    throw CBORError(code: .outOfRange, offset: start, message: "out of order")
                }
            }
            marks.append(next)
        }
        return marks
    }
}
