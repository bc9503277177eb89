public import ArticleModel
import CBOR
import Membership
import Signing

/// Reads runs: builds the headers anew from what both sides know, and the ids from these.
///
/// A run is read as a whole or refused. What it says is not verified by that: a header of another
/// library, say, comes out as one of this one whose signature does not hold.
public struct RunDecoder {
    private let library: LibraryID
    private var reader: CBORReader
    private var blobs: [[UInt8]: [UInt8]]

    private var segments: [Segment] = []
    private var memberships: [MembershipReference] = []
    private var ids: [ChangeSetID] = []
    private var outside: [ChangeSetID] = []
    private var articles: [ArticleID] = []
    private var time: Int64 = 0
    private var items: [RunItem] = []
    /// The entries whose bodies are inline and not yet cut from the block, which comes last.
    private var bodies = ArraySlice<UInt8>()

    private struct Segment {
        let chain: ChainID
        var sequence: UInt64
        var previous: ChangeSetID?
        var lamport: UInt64 = 0
    }

    /// Reads a RUN of `library`; `blobs` are the large bodies that came before it, by their hash.
    public static func decode(
        _ payload: [UInt8],
        library: LibraryID,
        blobs: [[UInt8]: [UInt8]] = [:]
    ) throws(ProtocolError) -> Run {
        var decoder = RunDecoder(
            library: library,
            reader: CBORReader(payload),
            blobs: blobs
        )
        do {
            return try decoder.run()
        } catch let error as ProtocolError {
            throw error
        } catch let error as MembershipError {
            throw ProtocolError(
                Self.code(of: error),
                "The peer sent a faulty entry: \(error.message)"
            )
        } catch {
            throw ProtocolError(.badFrame, "The peer sent a damaged run: \(error).")
        }
    }

    private static func code(of error: MembershipError) -> Fault.Code {
        switch error.code {
        case .unknownVersion, .unknownKind: .version
        case .tooLarge: .tooLarge
        default: .badEntry
        }
    }

    private init(library: LibraryID, reader: CBORReader, blobs: [[UInt8]: [UInt8]]) {
        self.library = library
        self.reader = reader
        self.blobs = blobs
    }

    private mutating func run() throws -> Run {
        try reader.array(exactly: 6)
        let position = try reader.unsigned(atMost: UInt64(Int64.max) - 65_536)
        var prefix: [UInt8]?
        if position == 0 {
            try reader.null()
        } else {
            prefix = Array(try reader.bytes(exactly: 16))
        }
        try readSegments()
        try readMemberships()
        let count = try reader.array(atMost: ProtocolLimits.runEntryCountMax)
        guard count > 0 else { throw fault("a run without entries") }
        // The bodies come last in the run, but an entry's hash is needed to build its header.
        var ahead = reader
        for _ in 0..<count { try ahead.skip() }
        bodies = try ahead.byteSlice()
        try ahead.finish()
        items.reserveCapacity(count)
        for _ in 0..<count {
            let item = try item()
            ids.append(item.id)
            items.append(item)
        }
        guard bodies.isEmpty else { throw fault("bodies that no entry has") }
        let end = prefix.map {
            Mark(position: position + UInt64(count) - 1, prefix: $0)
        }
        return Run(firstPosition: position == 0 ? nil : position, end: end, items: items)
    }

    private mutating func readSegments() throws {
        for _ in 0..<(try reader.array(atMost: ProtocolLimits.runEntryCountMax)) {
            try reader.array(exactly: 3)
            let chain: ChainID = try reader.identifier16()
            let sequence = try reader.unsigned(atMost: UInt64(Int64.max))
            var previous: ChangeSetID?
            if reader.isNull { try reader.null() } else { previous = try reader.identifier32() }
            segments.append(Segment(chain: chain, sequence: sequence, previous: previous))
        }
    }

    private mutating func readMemberships() throws {
        for _ in 0..<(try reader.array(atMost: ProtocolLimits.runEntryCountMax)) {
            try reader.array(exactly: 2)
            let sequence = try reader.unsigned(atMost: UInt64(Int64.max))
            memberships.append(
                MembershipReference(sequence: sequence, prefix: try reader.identifier16())
            )
        }
    }

    private mutating func item() throws -> RunItem {
        if try reader.peekKind() == .bytes { return .held(try reader.identifier32()) }
        let count = try reader.array()
        switch count {
        case 2: return .entry(try wholeEntry())
        case 9, 10: return .entry(try compactEntry(hasOpening: count == 10))
        default: throw fault("an entry of \(count) parts")
        }
    }

    private mutating func wholeEntry() throws -> Entry {
        let changeSet = try SignedChangeSet(decoding: reader.bytes())
        guard changeSet.header.library == library else { throw fault("another library's entry") }
        let place = try bodyPlace()
        guard let reference = changeSet.header.body else {
            guard place == .absent else { throw fault("a body where none is named") }
            return Entry(changeSet: changeSet, body: nil)
        }
        guard place != .absent else { return Entry(changeSet: changeSet, body: nil) }
        let body = try body(place, size: reference.size, hash: reference.hash)
        guard SHA256.hash(body).elementsEqual(reference.hash.bytes) else {
            throw fault("a body that is not the one its entry names")
        }
        return Entry(changeSet: changeSet, body: body)
    }

    private mutating func compactEntry(hasOpening: Bool) throws -> Entry {
        let index = Int(try reader.unsigned(atMost: UInt64(ProtocolLimits.runEntryCountMax)))
        guard segments.indices.contains(index) else { throw fault("no such segment") }
        let segment = segments[index]
        let rawKind = try reader.unsigned(atMost: 255)
        guard let kind = ChangeSetHeader.Kind(rawValue: UInt8(rawKind)) else {
            throw ProtocolError(.version, "The peer sent an entry of the unknown kind \(rawKind).")
        }
        // Differences are taken and added modulo 2^64; what must not be is refused by the header.
        let lamport = segment.lamport &+ UInt64(bitPattern: try reader.integer())
        time = time &+ (try reader.integer())
        let membership = try element(of: memberships, "membership record")
        let dependencies = try dependencies()
        let touched = try touched()
        let (reference, body) = try bodyAndReference()
        let signature = Array(try reader.bytes(exactly: PublicKey.signatureByteCount))
        let header = ChangeSetHeader(
            kind: kind,
            library: library,
            chain: segment.chain,
            sequence: segment.sequence,
            previous: segment.previous,
            lamport: lamport,
            timeMilliseconds: time,
            membership: membership,
            dependencies: dependencies,
            body: reference,
            touched: touched,
            opening: hasOpening ? try opening() : nil
        )
        let changeSet = try SignedChangeSet(header: header, signature: signature)
        segments[index].sequence = segment.sequence &+ 1
        segments[index].previous = changeSet.id
        segments[index].lamport = lamport
        return Entry(changeSet: changeSet, body: body)
    }

    private mutating func element<Element>(of list: [Element], _ name: String) throws -> Element {
        let index = try reader.unsigned(atMost: UInt64(Int32.max))
        guard index < UInt64(list.count) else { throw fault("no such \(name)") }
        return list[Int(index)]
    }

    /// Reads -1-n, the n-th element of a list.
    private mutating func earlier<Element>(of list: [Element], _ name: String) throws -> Element {
        let number = try reader.integer()
        let index = ~number
        guard index >= 0, index < Int64(list.count) else { throw fault("no such \(name)") }
        return list[Int(index)]
    }

    private mutating func dependencies() throws -> [ChangeSetID] {
        let count = try reader.array(atMost: Limits.dependencyCountMax)
        var result: [ChangeSetID] = []
        result.reserveCapacity(count)
        for _ in 0..<count {
            switch try reader.peekKind() {
            case .unsigned:
                let distance = try reader.unsigned(atMost: UInt64(ids.count))
                guard distance > 0 else { throw fault("an entry that depends on itself") }
                result.append(ids[ids.count - Int(distance)])
            case .negative:
                result.append(try earlier(of: outside, "dependency"))
            default:
                let id: ChangeSetID = try reader.identifier32()
                outside.append(id)
                result.append(id)
            }
        }
        return result
    }

    private mutating func touched() throws -> [TouchedArticle] {
        let count = try reader.array(atMost: Limits.articleCountMax * 2)
        guard count.isMultiple(of: 2) else { throw fault("an article without its class") }
        var result: [TouchedArticle] = []
        result.reserveCapacity(count / 2)
        for _ in 0..<(count / 2) {
            let article: ArticleID
            if try reader.peekKind() == .negative {
                article = try earlier(of: articles, "article")
            } else {
                article = try reader.identifier16()
                articles.append(article)
            }
            let number = try reader.unsigned(atMost: 255)
            guard let permission = PermissionClass(rawValue: UInt8(number)) else {
                throw fault("an article touched in the unknown class \(number)")
            }
            result.append(TouchedArticle(article: article, permission: permission))
        }
        return result
    }

    private mutating func bodyPlace() throws -> BodyPlace {
        guard let place = BodyPlace(rawValue: try reader.unsigned()) else {
            throw fault("a body in an unknown place")
        }
        return place
    }

    private mutating func bodyAndReference() throws -> (BodyReference?, [UInt8]?) {
        if reader.isNull {
            try reader.null()
            return (nil, nil)
        }
        let count = try reader.array()
        let place = try bodyPlace()
        guard count == (place == .inline ? 3 : 4) else { throw fault("a body of \(count) parts") }
        let codecVersion = try reader.unsigned(atMost: UInt64(UInt32.max))
        let rawSize = try reader.unsigned()
        guard rawSize <= UInt64(Limits.bodySizeMax) else {
            throw ProtocolError(
                .tooLarge,
                "The peer sent an entry whose body has \(rawSize) bytes; at most"
                    + " \(Limits.bodySizeMax) are taken."
            )
        }
        let size = Int(rawSize)
        guard place != .inline else {
            let body = try body(.inline, size: size, hash: nil)
            return (BodyReference(codecVersion: codecVersion, bytes: body), body)
        }
        let hash: BodyHash = try reader.identifier32()
        let reference = BodyReference(codecVersion: codecVersion, size: size, hash: hash)
        guard place == .blob else { return (reference, nil) }
        return (reference, try body(.blob, size: size, hash: hash))
    }

    private mutating func body(
        _ place: BodyPlace,
        size: Int,
        hash: BodyHash?
    ) throws -> [UInt8] {
        switch place {
        case .inline:
            guard size <= bodies.count else { throw fault("a body beyond the end") }
            defer { bodies = bodies.dropFirst(size) }
            return Array(bodies.prefix(size))
        case .blob:
            guard let blob = hash.flatMap({ blobs[$0.bytes] }), blob.count == size else {
                throw fault("a large body that did not come before its run")
            }
            return blob
        case .absent:
            throw fault("a body that is not there")
        }
    }

    private mutating func opening() throws -> ChainOpening {
        let parts = try reader.array(atMost: 3)
        let device: DeviceKey = try reader.identifier32()
        let incarnation: Incarnation = try reader.identifier16()
        guard parts >= 2 else { throw fault("an opening of \(parts) parts") }
        guard parts == 3 else { return ChainOpening(device: device, incarnation: incarnation) }
        try reader.array(exactly: 3)
        let chain: ChainID = try reader.identifier16()
        let sequence = try reader.unsigned(atMost: UInt64(Int64.max))
        let previous = ChainPosition(
            chain: chain,
            sequence: sequence,
            id: try reader.identifier32()
        )
        return ChainOpening(device: device, incarnation: incarnation, previous: previous)
    }

    private func fault(_ what: String) -> ProtocolError {
        ProtocolError(
            .badFrame,
            "The peer sent a damaged run: \(what), at byte \(reader.offset)."
        )
    }
}
