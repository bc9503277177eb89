/// The course of one comparison: whose turn it is, which ranges are open, and that it comes to an
/// end.
///
/// In turns each side says something of ranges. A turn may only be about ranges that the turn before
/// left open: smaller parts of one whose fingerprints differ, or all its items; of items nothing but
/// the rest. So each turn shrinks what is open, and no comparison takes more than twelve.
struct RangeRounds: Sendable {
    /// What the two sides compare.
    let level: ComparisonLevel
    /// The turn under way, from 1.
    private(set) var round: UInt64 = 0
    private(set) var salt: [UInt8] = []
    /// What was left open by the last turn of this side: in order, disjoint.
    private var open: [Open] = [Open(range: .whole, kind: .start)]
    /// Where the part that came last ends; nil before the first of a turn.
    private var reached: [UInt8]?
    private var isAtEnd = false
    private var openIndex = 0
    private var partCount = 0
    private var itemCount = 0

    private enum Kind {
        /// Nothing was said yet.
        case start
        case fingerprint
        case items
    }

    private struct Open {
        let range: KeyRange
        let kind: Kind
    }

    /// A comparison in which the other side begins.
    init(level: ComparisonLevel) { self.level = level }

    /// Takes a message of the other side's turn; gives its parts.
    mutating func receive(_ message: Ranges) throws(ProtocolError) -> [RangePart] {
        guard message.level == level else {
            throw Self.wrong("The peer compares at another level than was agreed.")
        }
        if reached == nil {
            guard message.round == round + 1, message.round <= Self.roundMax else {
                throw Self.wrong("The peer's comparison does not follow the one before.")
            }
            round = message.round
        }
        guard message.round == round else {
            throw Self.wrong("The peer's comparison is out of order.")
        }
        switch (round, message.salt) {
        case (1, let salt?) where reached == nil: self.salt = salt
        case (_, nil): break
        case (_, _?): throw Self.wrong("The peer changed the salt of a comparison.")
        }
        guard salt.count == Ranges.saltSize else {
            throw Self.wrong("The peer compares without a salt.")
        }
        for part in message.parts { try check(part) }
        reached = message.isContinued ? reached ?? [] : nil
        if !message.isContinued {
            isAtEnd = false
            openIndex = 0
            partCount = 0
            open = []
        }
        return message.parts
    }

    /// Notes what this side says in its turn; gives the messages, none where nothing is left to say.
    mutating func send(_ parts: [RangePart], salt: [UInt8]? = nil) -> [Ranges] {
        open = []
        for part in parts {
            switch part.content {
            case .fingerprint: open.append(Open(range: part.range, kind: .fingerprint))
            case .items: open.append(Open(range: part.range, kind: .items))
            case .rest: break
            }
        }
        guard !parts.isEmpty else { return [] }
        if let salt { self.salt = salt }
        round += 1
        return RangePacker.messages(parts, level: level, round: round, salt: salt)
    }

    /// Whether anything said last is to be answered if it differs.
    var isOpen: Bool { !open.isEmpty }

    private mutating func check(_ part: RangePart) throws(ProtocolError) {
        guard !isAtEnd, !part.range.lower.lexicographicallyPrecedes(reached ?? []) else {
            throw Self.wrong("The peer's ranges overlap.")
        }
        reached = part.range.upper
        isAtEnd = part.range.upper.isEmpty
        partCount += 1
        guard partCount <= ProtocolLimits.openRangeCountMax * 2 else {
            throw ProtocolError(.tooLarge, "The peer compares too many ranges at once.")
        }
        while openIndex < open.count, open[openIndex].range.ends(beforeOrAt: part.range.lower) {
            openIndex += 1
        }
        guard openIndex < open.count, open[openIndex].range.contains(part.range) else {
            throw Self.wrong("The peer compares a range that was not open.")
        }
        let asked = open[openIndex]
        switch (asked.kind, part.content) {
        case (.start, .fingerprint), (.start, .items), (.fingerprint, .items), (.items, .rest):
            break
        case (.fingerprint, .fingerprint) where part.range != asked.range:
            break
        case (.start, .rest), (.fingerprint, .fingerprint), (.fingerprint, .rest),
            (.items, .fingerprint), (.items, .items):
            throw Self.wrong("The peer's comparison does not come nearer to its end.")
        }
        switch part.content {
        case .fingerprint: break
        case .items(let items), .rest(let items):
            itemCount += items.count
            guard itemCount <= 2 * ProtocolLimits.comparedItemCountMax else {
                throw ProtocolError(.tooLarge, "The peer names too many entries at once.")
            }
        }
    }

    private static func wrong(_ message: String) -> ProtocolError {
        ProtocolError(.badFrame, message)
    }

    /// Turns a comparison may take, both sides together.
    static let roundMax: UInt64 = 12
}

/// Puts parts into messages of bounded size.
enum RangePacker {
    static func messages(
        _ parts: [RangePart],
        level: ComparisonLevel,
        round: UInt64,
        salt: [UInt8]?
    ) -> [Ranges] {
        var messages: [Ranges] = []
        var current: [RangePart] = []
        var size = 0
        let flush = { (isContinued: Bool) in
            messages.append(
                Ranges(
                    level: level,
                    round: round,
                    salt: messages.isEmpty ? salt : nil,
                    parts: current,
                    isContinued: isContinued
                )
            )
        }
        for part in parts.flatMap(cut) {
            let partSize = Self.size(of: part, level)
            // Each part may take two places: one for the gap before it.
            let isFull =
                size + partSize > sizeTarget
                || current.count == ProtocolLimits.rangeCountMax / 2
            if isFull, !current.isEmpty {
                flush(true)
                current = []
                size = 0
            }
            current.append(part)
            size += partSize
        }
        flush(false)
        return messages
    }

    /// A long rest in pieces: it is not answered, so its range may be cut anywhere.
    private static func cut(_ part: RangePart) -> [RangePart] {
        guard case .rest(let items) = part.content, items.count > restSizeMax else { return [part] }
        var pieces: [RangePart] = []
        var lower = part.range.lower
        var start = 0
        while start < items.count {
            let end = min(items.count, start + restSizeMax)
            let upper =
                end == items.count
                ? part.range.upper
                : KeyRange.bound(between: items[end - 1].key, and: items[end].key)
            let range = KeyRange(lower: lower, upper: upper)
            pieces.append(RangePart(range, .rest(Array(items[start..<end]))))
            lower = upper
            start = end
        }
        return pieces
    }

    private static func size(of part: RangePart, _ level: ComparisonLevel) -> Int {
        let bounds = part.range.lower.count + part.range.upper.count + 8
        switch part.content {
        case .fingerprint: return bounds + 17
        case .items(let items), .rest(let items):
            return bounds + items.count * (level.idSize + 20)
        }
    }

    private static let restSizeMax = 2_048
    /// What is in full is at most `comparedItemCountMax` items and may be one part, of a peer whose
    /// ranges are many; a frame holds that.
    private static let sizeTarget = 128 * 1024
}
