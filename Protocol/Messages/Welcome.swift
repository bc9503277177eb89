import CBOR

/// WELCOME: the hub says what it has and how the client stands to it.
public struct Welcome: Hashable, Sendable {
    /// How the client's cursor lies in the hub's log.
    public enum Verdict: UInt64, CaseIterable, Hashable, Sendable {
        /// The client has all the hub has.
        case current = 0
        /// The client has the beginning of what the hub has.
        case behind = 1
        /// The client has what the hub has not: the hub went back in time.
        case rewound = 2
    }

    /// The hub's place for the client's device.
    public enum Standing: UInt64, CaseIterable, Hashable, Sendable {
        /// It is a member's.
        case member = 0
        /// It is expected to join by its invitation.
        case invited = 1
        /// It is expected to register the library.
        case registering = 2
    }

    /// The version of the protocol that is spoken from now on.
    public var version: UInt64
    /// Bits of what the hub can do beyond that; see ``ProtocolLimits/features``.
    public var features: UInt64
    /// How the client's cursor lies in the hub's log.
    public var verdict: Verdict
    /// The hub's place for the client's device.
    public var standing: Standing
    /// The end of the hub's log.
    public var head: Mark
    /// The last entry the hub has of the client's chain, if any.
    public var chain: Mark?
    /// Whether the hub has several branches of that chain: then `chain` is the longest one's.
    public var isChainForked: Bool
    /// The last membership record the hub has, if any.
    public var membership: Mark?
    /// The bytes the hub lets the client send.
    public var credit: UInt64
    /// What the hub holds of large bodies of the client's.
    public var heldBodies: [HeldBody] = []
    /// In a live session, after how long without a sign of life a side asks for one.
    public var heartbeatMilliseconds: UInt64?

    /// The WELCOME of a hub whose log ends at `head`.
    public init(verdict: Verdict, standing: Standing, head: Mark) {
        version = ProtocolLimits.version
        features = 0
        self.verdict = verdict
        self.standing = standing
        self.head = head
        isChainForked = false
        credit = ProtocolLimits.window
    }
}

extension Welcome {
    func encode(to writer: inout CBORWriter) {
        var map = writer.integerMap()
        map.key(1, &writer)
        writer.unsigned(version)
        if features != 0 {
            map.key(2, &writer)
            writer.unsigned(features)
        }
        map.key(3, &writer)
        writer.unsigned(verdict.rawValue)
        if standing != .member {
            map.key(4, &writer)
            writer.unsigned(standing.rawValue)
        }
        map.key(5, &writer)
        writer.mark(head)
        if let chain {
            map.key(6, &writer)
            writer.mark(chain)
        }
        if let membership {
            map.key(7, &writer)
            writer.mark(membership)
        }
        map.key(8, &writer)
        writer.unsigned(credit)
        if let heartbeatMilliseconds {
            map.key(9, &writer)
            writer.unsigned(heartbeatMilliseconds)
        }
        if !heldBodies.isEmpty {
            map.key(10, &writer)
            writer.heldBodies(heldBodies)
        }
        if isChainForked {
            map.key(12, &writer)
            writer.bool(true)
        }
        map.end(&writer)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        var map = try reader.integerMap()
        try map.require(1, &reader)
        version = try reader.unsigned()
        features = try map.take(2, &reader) ? try reader.nonzero() : 0
        try map.require(3, &reader)
        let start = reader.offset
        guard let verdict = Verdict(rawValue: try reader.unsigned()) else {
            throw CBORError(code: .outOfRange, offset: start, message: "no such verdict")
        }
        self.verdict = verdict
        let rawStanding = try map.take(4, &reader) ? try reader.nonzero() : 0
        guard let standing = Standing(rawValue: rawStanding) else {
            throw CBORError(code: .outOfRange, offset: reader.offset, message: "no such standing")
        }
        self.standing = standing
        try map.require(5, &reader)
        head = try reader.mark()
        chain = try map.take(6, &reader) ? try reader.mark() : nil
        membership = try map.take(7, &reader) ? try reader.mark() : nil
        try map.require(8, &reader)
        credit = try reader.unsigned(atMost: ProtocolLimits.creditMax)
        if try map.take(9, &reader) {
            let start = reader.offset
            let interval = try reader.unsigned(atMost: ProtocolLimits.heartbeatMillisecondsMax)
            guard interval > 0 else {
                throw CBORError(code: .outOfRange, offset: start, message: "a needless 0")
            }
            heartbeatMilliseconds = interval
        }
        heldBodies = try map.take(10, &reader) ? try reader.heldBodies() : []
        isChainForked = try map.take(12, &reader)
        if isChainForked {
            let start = reader.offset
            guard try reader.bool(), chain != nil else {
                throw CBORError(code: .outOfRange, offset: start, message: "no chain, no fork")
            }
        }
        try map.end(skippingFrom: ProtocolLimits.optionalKeyMin, &reader)
    }
}

extension Welcome {
    /// The version a WELCOME names: what else it says has a meaning only if that is known.
    static func version(in payload: [UInt8]) throws(CBORError) -> UInt64 {
        var reader = CBORReader(payload)
        var map = try reader.integerMap()
        try map.require(1, &reader)
        return try reader.unsigned()
    }
}
