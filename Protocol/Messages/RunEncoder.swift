import ArticleModel
import CBOR
import Membership

// RUN is an array of six:
//
//   0 position       the hub's position of the first entry; 0 where they have none yet
//   1 end            the first 16 bytes of the accumulator after the last; null without positions
//   2 segments       for each stretch of one chain in the run: [chain, sequence of its first entry,
//                    id of the entry before that or null]
//   3 membership     the membership records referred to: [sequence, 16 bytes], distinct
//   4 entries        see below
//   5 bodies         the bodies that are inline, one after the other, in one byte string
//
// An entry is one of
//   id               32 bytes: the receiver holds it
//   [message, place] the signed message as it is; place: 0 no body here, 1 inline, 2 in BLOBs before
//   [segment, kind, lamport step, time step, membership, dependencies, touched, body, signature]
//   [… the same …, opening]
//
// The last two leave out what the receiver can derive: library, chain, sequence and previous follow
// from the segment, whose entries stand in order. Steps are differences: of the lamport number to
// the entry before in the segment (0 before the first), of the time to the entry before in the run.
// A dependency is a number n from 1 (the n-th entry back in this run), a negative number -1-n (the
// n-th id that stands in full in the run so far, from 0), or an id in full. `touched` is article,
// class, article, class …, an article being 16 bytes or the negative number -1-n of the n-th article
// in full so far. `body` is null, or [1, codec, size] with size and hash of the bytes inline, or
// [place, codec, size, hash]. An opening is as in a header.

/// Writes runs.
struct RunEncoder {
    private var segments = CBORWriter()
    private var segmentCount = 0
    private var memberships: [MembershipReference: Int] = [:]
    private var membershipList: [MembershipReference] = []
    private var entries = CBORWriter()
    private var bodies: [UInt8] = []

    /// The end of each segment so far, by its chain.
    private var ends: [ChainID: SegmentEnd] = [:]
    private var places: [ChangeSetID: Int] = [:]
    private var outside: [ChangeSetID: Int] = [:]
    private var articles: [ArticleID: Int] = [:]
    private var time: Int64 = 0
    private var count = 0

    private struct SegmentEnd {
        var segment: Int
        var sequence: UInt64
        var id: ChangeSetID
        var lamport: UInt64
    }

    static func encode(_ run: Run) -> [UInt8] {
        var encoder = RunEncoder()
        for item in run.items { encoder.append(item) }
        var writer = CBORWriter(
            capacity: encoder.entries.bytes.count + encoder.bodies.count + 4096
        )
        writer.array(6)
        writer.unsigned(run.firstPosition ?? 0)
        if let end = run.end { writer.bytes(end.prefix) } else { writer.null() }
        writer.array(encoder.segmentCount)
        writer.encoded(encoder.segments.bytes)
        writer.array(encoder.membershipList.count)
        for reference in encoder.membershipList {
            writer.array(2)
            writer.unsigned(reference.sequence)
            writer.bytes(reference.prefix.bytes)
        }
        writer.array(run.items.count)
        writer.encoded(encoder.entries.bytes)
        writer.bytes(encoder.bodies)
        return writer.bytes
    }

    private mutating func append(_ item: RunItem) {
        switch item {
        case .held(let id):
            entries.bytes(id.bytes)
        case .entry(let entry):
            if entry.header.version == ChangeSetHeader.currentVersion {
                appendCompact(entry)
            } else {
                entries.array(2)
                entries.bytes(entry.changeSet.bytes)
                entries.unsigned(BodyPlace.of(entry).rawValue)
            }
            if let body = entry.body, BodyPlace.of(entry) == .inline {
                bodies.append(contentsOf: body)
            }
        }
        places[item.id] = count
        count += 1
    }

    private mutating func appendCompact(_ entry: Entry) {
        let header = entry.header
        let (segment, lamport) = segment(of: entry)
        entries.array(header.opening == nil ? 9 : 10)
        entries.unsigned(UInt64(segment))
        entries.unsigned(UInt64(header.kind.rawValue))
        entries.integer(Int64(bitPattern: header.lamport &- lamport))
        entries.integer(header.timeMilliseconds &- time)
        time = header.timeMilliseconds
        entries.unsigned(UInt64(place(of: header.membership)))
        appendDependencies(header)
        entries.array(header.touched.count * 2)
        for touch in header.touched {
            if let place = articles[touch.article] {
                entries.integer(-1 - Int64(place))
            } else {
                articles[touch.article] = articles.count
                entries.bytes(touch.article.bytes)
            }
            entries.unsigned(UInt64(touch.permission.rawValue))
        }
        appendBody(header, BodyPlace.of(entry))
        entries.bytes(entry.changeSet.signature)
        if let opening = header.opening { append(opening) }
    }

    /// The segment an entry goes on with, or a new one, and the lamport number before it there.
    private mutating func segment(of entry: Entry) -> (Int, lamport: UInt64) {
        let header = entry.header
        let next = { (segment: Int) in
            SegmentEnd(
                segment: segment,
                sequence: header.sequence,
                id: entry.id,
                lamport: header.lamport
            )
        }
        if let end = ends[header.chain], header.previous == end.id,
            header.sequence == end.sequence &+ 1
        {
            ends[header.chain] = next(end.segment)
            return (end.segment, end.lamport)
        }
        segments.array(3)
        segments.bytes(header.chain.bytes)
        segments.unsigned(header.sequence)
        if let previous = header.previous {
            segments.bytes(previous.bytes)
        } else {
            segments.null()
        }
        ends[header.chain] = next(segmentCount)
        segmentCount += 1
        return (segmentCount - 1, 0)
    }

    private mutating func place(of reference: MembershipReference) -> Int {
        if let place = memberships[reference] { return place }
        memberships[reference] = membershipList.count
        membershipList.append(reference)
        return membershipList.count - 1
    }

    private mutating func appendDependencies(_ header: ChangeSetHeader) {
        entries.array(header.dependencies.count)
        for id in header.dependencies {
            if let place = places[id] {
                entries.unsigned(UInt64(count - place))
            } else if let place = outside[id] {
                entries.integer(-1 - Int64(place))
            } else {
                outside[id] = outside.count
                entries.bytes(id.bytes)
            }
        }
    }

    private mutating func appendBody(_ header: ChangeSetHeader, _ place: BodyPlace) {
        guard let body = header.body else {
            entries.null()
            return
        }
        entries.array(place == .inline ? 3 : 4)
        entries.unsigned(place.rawValue)
        entries.unsigned(body.codecVersion)
        entries.unsigned(UInt64(body.size))
        if place != .inline { entries.bytes(body.hash.bytes) }
    }

    private mutating func append(_ opening: ChainOpening) {
        entries.array(opening.previous == nil ? 2 : 3)
        entries.bytes(opening.device.bytes)
        entries.bytes(opening.incarnation.bytes)
        guard let previous = opening.previous else { return }
        entries.array(3)
        entries.bytes(previous.chain.bytes)
        entries.unsigned(previous.sequence)
        entries.bytes(previous.id.bytes)
    }
}

extension Run {
    /// The payload of a RUN frame.
    public func encoded() -> [UInt8] { RunEncoder.encode(self) }
}
