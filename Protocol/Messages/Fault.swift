public import ArticleModel
import CBOR

/// ERROR: what one side has against the other, or against what it sent.
public struct Fault: Hashable, Sendable {
    /// What is wrong.
    ///
    /// Numbers are never used again for something else.
    public enum Code: UInt64, CaseIterable, Hashable, Sendable {
        /// A frame or message is damaged, or not one for this moment.
        case badFrame = 1
        /// The two sides have no version in common, or an entry needs a newer one.
        case version = 2
        /// The device is no member of the library.
        case notMember = 3
        /// The device's rights were taken back.
        case revoked = 4
        /// The device's role does not permit it.
        case role = 5
        /// A signature does not hold.
        case badSignature = 6
        /// An entry does not follow those known of its chain.
        case chainGap = 7
        /// Two entries with one place in a chain.
        case fork = 8
        /// Something is over its limit.
        case tooLarge = 9
        /// Too much in too short a time.
        case rate = 10
        /// The device or the library has used up its room.
        case quota = 11
        /// An entry depends on one that is not known.
        case dependencyMissing = 12
        /// A membership record does not follow the latest: another came before it.
        case membershipConflict = 13
        /// The hub has too much to do.
        case overloaded = 14
        /// The library is not served here.
        case wrongLibrary = 15
        /// The hub is being stopped.
        case shutdown = 16
        /// The hub failed: its disk is full, or there is a bug.
        case `internal` = 17
        /// The hub does not hold what it held before: it was restored from a backup.
        case rewound = 18
        /// The invitation is unknown, expired, used up or taken back.
        case invitation = 19
        /// The claim code is wrong or was used.
        case claim = 20
        /// An entry breaks a rule of change sets: its lamport, its membership reference.
        case badEntry = 21
        /// A membership record is faulty.
        case badRecord = 22
        /// Two membership logs differ in their past.
        case membershipFork = 23
        /// A code this version does not know.
        case unknown = 0
    }

    /// What follows from it.
    public enum Severity: UInt64, CaseIterable, Hashable, Sendable {
        /// The session is over, and trying again does not help.
        case fatal = 0
        /// The session is over; try again later.
        case retry = 1
        /// Only the chain named, from the entry named on; the session goes on.
        case chain = 2
        /// Only the membership record sent last; the session goes on.
        case record = 3
    }

    /// What is wrong.
    public let code: Code
    /// What follows.
    public let severity: Severity
    /// How long to wait before the next try.
    public let retryAfterMilliseconds: UInt64?
    /// What, why and what to do, for people; cut to the limit.
    public let text: String
    /// The chain, where it is about one.
    public let chain: ChainID?
    /// The first entry of the chain that is not taken.
    public let sequence: UInt64?

    /// Makes an error message.
    public init(
        _ code: Code,
        _ severity: Severity,
        text: String,
        retryAfterMilliseconds: UInt64? = nil,
        chain: ChainID? = nil,
        sequence: UInt64? = nil
    ) {
        self.code = code
        self.severity = severity
        self.text = Self.cut(text)
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.chain = chain
        self.sequence = sequence
    }

    /// The error as what ends a session.
    public var asError: ProtocolError {
        ProtocolError(
            code,
            text,
            fromPeer: true,
            isTransient: severity == .retry,
            retryAfterMilliseconds: retryAfterMilliseconds
        )
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > ProtocolLimits.textSizeMax else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if result.utf8.count + 4 > ProtocolLimits.textSizeMax { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}

extension Fault {
    func encode(to writer: inout CBORWriter) {
        var map = writer.integerMap()
        map.key(1, &writer)
        writer.unsigned(code.rawValue)
        map.key(2, &writer)
        writer.unsigned(severity.rawValue)
        map.key(3, &writer)
        writer.text(text)
        if let retryAfterMilliseconds {
            map.key(4, &writer)
            writer.unsigned(retryAfterMilliseconds)
        }
        if let chain {
            map.key(5, &writer)
            writer.bytes(chain.bytes)
        }
        if let sequence {
            map.key(6, &writer)
            writer.unsigned(sequence)
        }
        map.end(&writer)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        var map = try reader.integerMap()
        try map.require(1, &reader)
        // A newer peer may have more to say; what it means for the session is in the severity.
        code = Code(rawValue: try reader.unsigned()) ?? .unknown
        try map.require(2, &reader)
        let start = reader.offset
        guard let severity = Severity(rawValue: try reader.unsigned()) else {
            throw CBORError(code: .outOfRange, offset: start, message: "no such severity")
        }
        self.severity = severity
        try map.require(3, &reader)
        text = try reader.shortText()
        retryAfterMilliseconds = try map.take(4, &reader) ? try reader.unsigned() : nil
        chain = try map.take(5, &reader) ? try reader.identifier16() : nil
        sequence = try map.take(6, &reader) ? try reader.unsigned() : nil
        try map.end(&reader)
    }
}
