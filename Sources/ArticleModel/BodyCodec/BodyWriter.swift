/// Takes a body apart into the columns of ``BodyCodec``.
struct BodyWriter {
    private var shape: [UInt8] = []
    private var kinds = RunWriter()
    private var selectors = RunWriter()
    private var positions: [UInt8] = []
    private var references: [UInt8] = []
    private var values = ValueWriter()
    private var changes: [UInt8] = []
    private var seeds: [UInt8] = []

    private var places: [ChangeID: Int] = [:]
    private var ends = TextEnds()

    mutating func append(_ change: ChangeSetBody.Change) {
        switch change {
        case .seed(let seed):
            shape.append(count: 0)
            let bytes = seed.encoded()
            seeds.append(count: bytes.count)
            seeds.append(contentsOf: bytes)
        case .edit(let parents, let operations):
            shape.append(count: parents.count)
            shape.append(count: operations.count)
            for parent in parents { append(reference: parent) }
            ends = TextEnds()
            for operation in operations { append(operation) }
        }
    }

    mutating func finish() -> [UInt8] {
        let columns = [
            shape, kinds.finish(), selectors.finish(), positions, references, values.numbers,
            values.lengths, changes, values.text, seeds,
        ]
        var mask: UInt64 = 0
        for (index, column) in columns.enumerated() where !column.isEmpty {
            mask |= 1 << UInt64(index)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(columns.reduce(24) { $0 + $1.count })
        bytes.append(number: mask)
        for column in columns where !column.isEmpty { bytes.append(count: column.count) }
        for column in columns { bytes.append(contentsOf: column) }
        return bytes
    }

    private mutating func append(reference change: ChangeID) {
        if let place = places[change] {
            references.append(count: place)
            return
        }
        references.append(count: places.count)
        places[change] = places.count
        changes.append(contentsOf: change.bytes)
    }

    private mutating func append(note: AnnotationID) {
        append(reference: note.change)
        values.numbers.append(number: UInt64(note.index))
    }

    private mutating func append(position: Int, in field: TextField) {
        selectors.append(field.rawValue)
        positions.append(number: Zigzag.encode(position - ends[field]))
    }

    private mutating func append(_ operation: Operation) {
        switch operation {
        case .insert(let field, let position, let text):
            kinds.append(0)
            append(position: position, in: field)
            values.append(text)
            ends[field] = position + text.scalarCount
        case .delete(let field, let position, let count):
            kinds.append(1)
            append(position: position, in: field)
            values.lengths.append(count: count)
            ends[field] = position
        case .revive(let field, let ranges):
            kinds.append(2)
            selectors.append(field.rawValue)
            values.numbers.append(count: ranges.count)
            for range in ranges {
                append(reference: range.change)
                values.numbers.append(number: UInt64(range.offset))
                values.numbers.append(number: UInt64(range.count))
            }
        case .set(let field, let value):
            kinds.append(3)
            selectors.append(field.number)
            values.appendName(of: field)
            values.append(value)
        case .addTag(let tag):
            kinds.append(4)
            values.append(tag)
        case .removeTag(let tag):
            kinds.append(5)
            values.append(tag)
        case .annotate(let annotation):
            kinds.append(6)
            append(annotation)
        case .reply(let note, let text):
            append(7, note, text)
        case .setNoteText(let note, let text):
            append(8, note, text)
        case .addNoteTag(let note, let tag):
            append(9, note, tag)
        case .removeNoteTag(let note, let tag):
            append(10, note, tag)
        case .setNoteState(let note, let state):
            kinds.append(11)
            append(note: note)
            values.numbers.append(state.rawValue)
        case .deleteNote(let note):
            kinds.append(12)
            append(note: note)
        case .deleteArticle:
            kinds.append(13)
        case .undeleteArticle:
            kinds.append(14)
        case .close(let field, let keys):
            kinds.append(15)
            selectors.append(field.rawValue)
            values.numbers.append(count: keys.count)
            for key in keys {
                append(reference: key.change)
                values.numbers.append(number: Zigzag.encode(Int(key.number)))
            }
        }
    }

    private mutating func append(_ kind: UInt8, _ note: AnnotationID, _ text: ScalarText) {
        kinds.append(kind)
        append(note: note)
        values.append(text)
    }

    private mutating func append(_ annotation: Annotation) {
        values.numbers.append(annotation.kind.rawValue)
        switch annotation.target {
        case .article:
            values.numbers.append(0)
        case .text(let field, let start, let end):
            values.numbers.append(1)
            values.numbers.append(field.rawValue)
            append(start)
            append(end)
        case .field(let field, let value, let item, let range):
            values.numbers.append(2)
            values.numbers.append(field.number)
            values.appendName(of: field)
            append(reference: value)
            values.numbers.append(number: UInt64(item))
            values.numbers.append(number: UInt64(range.lowerBound))
            values.numbers.append(number: UInt64(range.upperBound - range.lowerBound))
        }
        values.append(annotation.quote.exact)
        values.append(annotation.quote.prefix)
        values.append(annotation.quote.suffix)
        values.append(annotation.text)
        values.append(annotation.tags)
    }

    private mutating func append(_ anchor: TextAnchor) {
        append(reference: anchor.character.change)
        values.numbers.append(number: UInt64(anchor.character.offset))
        values.numbers.append(anchor.side.rawValue)
    }
}

/// Where the last operation on each text of a change ended: where the next is likely to be.
struct TextEnds {
    private var summary = 0
    private var body = 0

    subscript(field: TextField) -> Int {
        get {
            switch field {
            case .summary: summary
            case .body: body
            }
        }
        set {
            switch field {
            case .summary: summary = newValue
            case .body: body = newValue
            }
        }
    }
}
