import ArticleMerge
import ArticleModel
import CBOR

extension StateWriter {
    mutating func stamp(_ stamp: Stamp) {
        array(4)
        number(stamp.lamport)
        chain(stamp.chain)
        number(stamp.sequence)
        change(stamp.change)
    }

    mutating func register<Value>(
        _ register: Register<Value>,
        _ write: (inout StateWriter, Value) -> Void
    ) {
        list(register.entries) { writer, entry in
            writer.array(2)
            write(&writer, entry.value)
            writer.stamp(entry.stamp)
        }
    }

    mutating func tagSet(_ tags: TagSet) {
        list(tags.entries) { writer, entry in
            writer.array(2)
            writer.text(entry.tag)
            writer.list(entry.additions) { $0.change($1) }
        }
    }

    mutating func field(_ field: Field) {
        if case .custom(let name) = field { text(name) } else { number(field.number) }
    }

    mutating func value(_ value: FieldValue) {
        switch value {
        case .absent:
            null()
        case .text(let text):
            self.text(text)
        case .list(let texts):
            list(texts) { $0.text($1) }
        case .date(let date):
            // A tag of no meaning elsewhere keeps it apart from a list of texts.
            writer.tag(StateCoding.dateTag)
            array(2)
            text(date.raw)
            reading(date.reading)
        }
    }

    private mutating func reading(_ reading: ArticleDate.Reading?) {
        guard let reading else { return null() }
        let parts: [Int?] = [
            reading.year, reading.month, reading.day, reading.hour, reading.minute,
            reading.second, reading.millisecond, reading.offsetMinutes,
        ]
        list(parts) { writer, part in
            if let part { writer.number(part) } else { writer.null() }
        }
    }
}

extension StateReader {
    mutating func stamp() throws -> Stamp {
        try array(4)
        return Stamp(
            lamport: try number(),
            chain: try chain(),
            sequence: try number(),
            change: try change()
        )
    }

    mutating func register<Value>(
        _ read: (inout StateReader) throws -> Value
    ) throws -> Register<Value> {
        let entries = try list { reader in
            try reader.array(2)
            return Register<Value>.Entry(value: try read(&reader), stamp: try reader.stamp())
        }
        guard let register = Register(entries: entries) else { throw Self.damage("register") }
        return register
    }

    mutating func tagSet() throws -> TagSet {
        TagSet(
            entries: try list { reader in
                try reader.array(2)
                return TagSet.Entry(
                    tag: try reader.text(),
                    additions: try reader.list { try $0.change() }
                )
            }
        )
    }

    mutating func field() throws -> Field {
        guard try kind() == .unsigned else { return .custom(try text()) }
        let number = Int(try number8())
        guard number < Field.known.count else { throw Self.damage("field") }
        return Field.known[number]
    }

    mutating func value() throws -> FieldValue {
        switch try kind() {
        case .null:
            _ = try takeNull()
            return .absent
        case .text:
            return .text(try text())
        case .array:
            return .list(try list { try $0.text() })
        case .tag:
            guard try tag() == StateCoding.dateTag else { throw Self.damage("value") }
            try array(2)
            return .date(ArticleDate(raw: try text(), reading: try reading()))
        default:
            throw Self.damage("value")
        }
    }

    private mutating func reading() throws -> ArticleDate.Reading? {
        if try takeNull() { return nil }
        let parts: [Int?] = try list { reader in
            try reader.takeNull() ? nil : Int(try reader.signed())
        }
        guard parts.count == 8, let year = parts[0],
            let reading = ArticleDate.Reading(
                year: year,
                month: parts[1],
                day: parts[2],
                hour: parts[3],
                minute: parts[4],
                second: parts[5],
                millisecond: parts[6],
                offsetMinutes: parts[7]
            )
        else { throw Self.damage("date") }
        return reading
    }
}
