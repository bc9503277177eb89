/// Puts a body together from the columns of ``BodyCodec``.
struct BodyReader {
    private var shape: ByteReader
    private var kinds: RunReader
    var selectors: RunReader
    private var positions: ByteReader
    private var references: ByteReader
    var values: ValueReader
    private var changes: ByteReader
    private var seeds: ByteReader

    private var known: [ChangeID] = []
    private var distinct: Set<ChangeID> = []
    private var ends = TextEnds()
    private var operationCount = 0

    init(_ bytes: [UInt8]) throws(BodyError) {
        var head = ByteReader(bytes)
        let mask = try head.number(atMost: .max)
        guard mask >> UInt64(BodyCodec.columnCount) == 0 else {
            throw BodyError(.unknown, at: 0, "a body has \(BodyCodec.columnCount) columns")
        }
        var sizes = InlineArray<10, Int>(repeating: 0)
        for column in 0..<BodyCodec.columnCount where mask >> UInt64(column) & 1 == 1 {
            let start = head.position
            let size = try head.count(atMost: bytes.count)
            guard size > 0 else {
                throw BodyError(.notCanonical, at: start, "an empty column is announced")
            }
            sizes[column] = size
        }
        // In the order of the columns.
        shape = try head.part(sizes[0])
        kinds = RunReader(try head.part(sizes[1]))
        selectors = RunReader(try head.part(sizes[2]))
        positions = try head.part(sizes[3])
        references = try head.part(sizes[4])
        let numbers = try head.part(sizes[5])
        let lengths = try head.part(sizes[6])
        changes = try head.part(sizes[7])
        let text = try head.part(sizes[8])
        seeds = try head.part(sizes[9])
        try head.finish("the body")
        values = try ValueReader(numbers: numbers, lengths: lengths, text: text)
    }

    mutating func body() throws(BodyError) -> ChangeSetBody {
        var result: [ChangeSetBody.Change] = []
        while !shape.isAtEnd {
            guard result.count < Limits.articleCountMax else {
                throw BodyError(
                    .tooLarge,
                    at: shape.position,
                    "a change set touches at most \(Limits.articleCountMax) articles"
                )
            }
            result.append(try change())
        }
        try kinds.finish("operations")
        try selectors.finish("selectors")
        try positions.finish("the positions")
        try references.finish("the references")
        try values.finish()
        try changes.finish("the changes named")
        try seeds.finish("the seeds")
        return ChangeSetBody(changes: result)
    }

    private mutating func change() throws(BodyError) -> ChangeSetBody.Change {
        // A parent takes a byte at least.
        let parentCount = try shape.count(atMost: references.remaining)
        guard parentCount > 0 else {
            let block = try seeds.block(seeds.count(atMost: seeds.remaining))
            return .seed(try Seed(reading: ByteReader(seeds.bytes, range: block)))
        }
        let count = try shape.count(atMost: Limits.operationCountMax - operationCount)
        operationCount += count
        var parents: [ChangeID] = []
        parents.reserveCapacity(parentCount)
        for _ in 0..<parentCount {
            let start = references.position
            let parent = try reference()
            if let last = parents.last, parent <= last {
                throw BodyError(.notCanonical, at: start, "the parents are out of order")
            }
            parents.append(parent)
        }
        ends = TextEnds()
        var operations: [Operation] = []
        operations.reserveCapacity(count)
        for _ in 0..<count { operations.append(try operation()) }
        return .edit(parents: parents, operations: operations)
    }

    mutating func reference() throws(BodyError) -> ChangeID {
        let start = references.position
        let place = try references.count(atMost: known.count)
        if place < known.count { return known[place] }
        let change: ChangeID = try changes.identifier32()
        guard isNew(change) else {
            throw BodyError(.notCanonical, at: start, "a change is named as new a second time")
        }
        known.append(change)
        return change
    }

    /// Whether a change was not named before.
    private mutating func isNew(_ change: ChangeID) -> Bool {
        // Most bodies name a few: to look at those takes less than a set.
        guard known.count >= 8 else { return !known.contains(change) }
        if distinct.isEmpty { distinct = Set(known) }
        return distinct.insert(change).inserted
    }

    private mutating func operation() throws(BodyError) -> Operation {
        let start = kinds.position
        switch try kinds.next() {
        case 0: return try insertion()
        case 1: return try deletion()
        case 2: return .revive(try textField(), try characterRanges())
        case 3:
            let field = try values.field(number: selectors.next())
            return .set(field, try values.fieldValue())
        case 4: return .addTag(try values.nonemptyText("a tag"))
        case 5: return .removeTag(try values.nonemptyText("a tag"))
        case 6: return .annotate(try annotation())
        case 7: return .reply(to: try note(), text: try values.scalarText())
        case 8: return .setNoteText(try note(), try values.scalarText())
        case 9: return .addNoteTag(try note(), try values.nonemptyText("a tag"))
        case 10: return .removeNoteTag(try note(), try values.nonemptyText("a tag"))
        case 11: return .setNoteState(try note(), try noteState())
        case 12: return .deleteNote(try note())
        case 13: return .deleteArticle
        case 14: return .undeleteArticle
        case 15: return .close(try textField(), try conflictKeys())
        case let kind: throw BodyError(.unknown, at: start, "no operation has the kind \(kind)")
        }
    }

    private mutating func insertion() throws(BodyError) -> Operation {
        let field = try textField()
        let position = try position(in: field)
        let text = try values.nonemptyText("what is inserted")
        ends[field] = position + text.scalarCount
        return .insert(field, position: position, text: text)
    }

    private mutating func deletion() throws(BodyError) -> Operation {
        let field = try textField()
        let position = try position(in: field)
        let count = try values.lengths.count(atMost: BodyCodec.scalarCountMax)
        guard count > 0 else {
            throw BodyError(.invalid, at: values.lengths.position, "nothing is deleted")
        }
        ends[field] = position
        return .delete(field, position: position, count: count)
    }

    private mutating func textField() throws(BodyError) -> TextField {
        let start = selectors.position
        let number = try selectors.next()
        guard let field = TextField(rawValue: number) else {
            throw BodyError(.unknown, at: start, "no text has the number \(number)")
        }
        return field
    }

    private mutating func position(in field: TextField) throws(BodyError) -> Int {
        let start = positions.position
        let step = Zigzag.decode(
            try positions.number(atMost: UInt64(BodyCodec.scalarCountMax) * 4)
        )
        // Both are below 2^34: the sum is exact.
        let position = ends[field] + step
        guard (0...BodyCodec.scalarCountMax).contains(position) else {
            throw BodyError(.invalid, at: start, "no text has a position \(position)")
        }
        return position
    }

    private mutating func characterRanges() throws(BodyError) -> [CharacterRange] {
        let count = try values.numbers.count(atMost: references.remaining)
        var ranges: [CharacterRange] = []
        ranges.reserveCapacity(count)
        for _ in 0..<count {
            let change = try reference()
            let offset = try values.numbers.number32()
            let start = values.numbers.position
            let count = UInt32(try values.numbers.number(atMost: UInt64(UInt32.max - offset)))
            guard count > 0 else {
                throw BodyError(.invalid, at: start, "a range of characters is empty")
            }
            ranges.append(CharacterRange(change: change, offset: offset, count: count))
        }
        return ranges
    }

    private mutating func conflictKeys() throws(BodyError) -> [ConflictKey] {
        let count = try values.numbers.count(atMost: references.remaining)
        var keys: [ConflictKey] = []
        keys.reserveCapacity(count)
        for _ in 0..<count {
            let change = try reference()
            let number = Zigzag.decode(try values.numbers.number(atMost: UInt64(UInt32.max)))
            keys.append(ConflictKey(change: change, number: Int32(truncatingIfNeeded: number)))
        }
        return keys
    }

    private mutating func note() throws(BodyError) -> AnnotationID {
        AnnotationID(change: try reference(), index: try values.numbers.number32())
    }
}
