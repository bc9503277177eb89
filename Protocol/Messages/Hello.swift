public import ArticleModel
import CBOR

/// HELLO: the client opens a stream and says what it has.
public struct Hello: Hashable, Sendable {
    /// The versions of the protocol it speaks.
    public var versions: ClosedRange<UInt64>
    /// Bits of what it can do beyond that; see ``ProtocolLimits/features``.
    public var features: UInt64
    /// The library it is about.
    public var library: LibraryID
    /// Up to where in the hub's log it has all entries.
    public var cursor: Mark
    /// How many entries it holds that have no position in the hub's log.
    public var unsentCount: UInt64
    /// The head of the chain it writes to, if it has written.
    public var chain: ChainHead?
    /// The last membership record it has, if any.
    public var membership: Mark?
    /// The code that lets it register the library.
    public var claim: String?
    /// The public key of the invitation it joins by.
    public var invitation: [UInt8]?
    /// The bytes it lets the hub send.
    public var credit: UInt64
    /// What kind of session it asks for.
    public var mode: Mode
    /// What it holds of large bodies of the hub's.
    public var heldBodies: [HeldBody] = []
    /// Whether both sides are to compare what they have before entries go either way, because the
    /// client has many that others wrote.
    public var comparesFirst: Bool

    /// The kinds of sessions.
    public enum Mode: UInt64, CaseIterable, Hashable, Sendable {
        /// It is over when both sides have the same.
        case once = 0
        /// It goes on until one side ends it; what is new is sent as it comes.
        case live = 1
        /// A client greets another client.
        case peer = 2
        /// A client asks another replica for what is damaged in its own.
        case repair = 3
    }

    /// The head of a chain.
    public struct ChainHead: Hashable, Sendable {
        /// The chain.
        public let chain: ChainID
        /// Its last entry: sequence number, first 16 bytes of the id.
        public let head: Mark

        /// Names the head of a chain.
        public init(chain: ChainID, head: Mark) {
            self.chain = chain
            self.head = head
        }
    }

    /// The HELLO of a client that has `cursor` of `library`.
    public init(library: LibraryID, cursor: Mark) {
        versions = ProtocolLimits.versions
        features = 0
        mode = .once
        comparesFirst = false
        self.library = library
        self.cursor = cursor
        unsentCount = 0
        credit = ProtocolLimits.window
    }
}

extension Hello {
    func encode(to writer: inout CBORWriter) {
        var map = writer.integerMap()
        map.key(1, &writer)
        writer.unsigned(versions.lowerBound)
        map.key(2, &writer)
        writer.unsigned(versions.upperBound)
        if features != 0 {
            map.key(3, &writer)
            writer.unsigned(features)
        }
        map.key(4, &writer)
        writer.bytes(library.bytes)
        map.key(5, &writer)
        writer.mark(cursor)
        if unsentCount != 0 {
            map.key(6, &writer)
            writer.unsigned(unsentCount)
        }
        if let chain {
            map.key(7, &writer)
            writer.array(2)
            writer.bytes(chain.chain.bytes)
            writer.mark(chain.head)
        }
        if let membership {
            map.key(8, &writer)
            writer.mark(membership)
        }
        if let claim {
            map.key(9, &writer)
            writer.text(claim)
        }
        if let invitation {
            map.key(10, &writer)
            writer.bytes(invitation)
        }
        map.key(11, &writer)
        writer.unsigned(credit)
        if mode != .once {
            map.key(12, &writer)
            writer.unsigned(mode.rawValue)
        }
        if !heldBodies.isEmpty {
            map.key(13, &writer)
            writer.heldBodies(heldBodies)
        }
        if comparesFirst {
            map.key(14, &writer)
            writer.bool(true)
        }
        map.end(&writer)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        var map = try reader.integerMap()
        try map.require(1, &reader)
        let lowest = try reader.unsigned()
        try map.require(2, &reader)
        let start = reader.offset
        let highest = try reader.unsigned()
        guard lowest <= highest else {
            throw CBORError(code: .outOfRange, offset: start, message: "versions out of order")
        }
        versions = lowest...highest
        features = try map.take(3, &reader) ? try reader.nonzero() : 0
        try map.require(4, &reader)
        library = try reader.identifier32()
        try map.require(5, &reader)
        cursor = try reader.mark()
        unsentCount = try map.take(6, &reader) ? try reader.nonzero() : 0
        if try map.take(7, &reader) {
            try reader.array(exactly: 2)
            chain = ChainHead(chain: try reader.identifier16(), head: try reader.mark())
        }
        membership = try map.take(8, &reader) ? try reader.mark() : nil
        claim = try map.take(9, &reader) ? try reader.shortText() : nil
        invitation = try map.take(10, &reader) ? Array(try reader.bytes(exactly: 32)) : nil
        try map.require(11, &reader)
        credit = try reader.unsigned(atMost: ProtocolLimits.creditMax)
        mode = try map.take(12, &reader) ? try Mode(from: &reader) : .once
        heldBodies = try map.take(13, &reader) ? try reader.heldBodies() : []
        comparesFirst = try map.take(14, &reader)
        if comparesFirst {
            let start = reader.offset
            guard try reader.bool() else {
                throw CBORError(code: .outOfRange, offset: start, message: "a needless false")
            }
        }
        try map.end(skippingFrom: ProtocolLimits.optionalKeyMin, &reader)
    }
}

extension Hello {
    /// The versions a HELLO names: what else it says has a meaning only if one is known.
    static func versions(in payload: [UInt8]) throws(CBORError) -> ClosedRange<UInt64> {
        var reader = CBORReader(payload)
        var map = try reader.integerMap()
        try map.require(1, &reader)
        let lowest = try reader.unsigned()
        try map.require(2, &reader)
        let start = reader.offset
        let highest = try reader.unsigned()
        guard lowest <= highest else {
            throw CBORError(code: .outOfRange, offset: start, message: "versions out of order")
        }
        return lowest...highest
    }
}

extension Hello.Mode {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        guard let mode = Self(rawValue: try reader.nonzero()) else {
            throw CBORError(code: .outOfRange, offset: start, message: "no such kind of session")
        }
        self = mode
    }
}

extension CBORReader {
    /// A number that is left out where it is 0, so that a message has one form.
    mutating func nonzero() throws(CBORError) -> UInt64 {
        let start = offset
        let value = try unsigned()
        guard value != 0 else {
            throw CBORError(code: .outOfRange, offset: start, message: "a needless 0")
        }
        return value
    }
}
