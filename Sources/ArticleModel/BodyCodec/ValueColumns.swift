/// The columns that texts and values are written to: a number here, a length there, and all words
/// in one block, which compresses well and is checked for being text in one go.
struct ValueWriter {
    var numbers: [UInt8] = []
    var lengths: [UInt8] = []
    var text: [UInt8] = []

    mutating func append(_ value: ScalarText) {
        lengths.append(count: value.utf8.count)
        text.append(contentsOf: value.utf8)
    }

    mutating func append(_ values: [ScalarText]) {
        numbers.append(count: values.count)
        for value in values { append(value) }
    }

    /// Writes what ``Field/number`` does not say.
    mutating func appendName(of field: Field) {
        if case .custom(let name) = field { append(name) }
    }

    mutating func append(_ value: FieldValue) {
        switch value {
        case .absent:
            numbers.append(0)
        case .text(let text):
            numbers.append(1)
            append(text)
        case .list(let items):
            numbers.append(2)
            append(items)
        case .date(let date):
            numbers.append(3)
            append(date)
        }
    }

    /// Writes the words, then how much was read, then the parts that were.
    private mutating func append(_ date: ArticleDate) {
        append(date.raw)
        guard let reading = date.reading else {
            numbers.append(0)
            return
        }
        var parts = [reading.year]
        if let month = reading.month { parts.append(month) }
        if let day = reading.day { parts.append(day) }
        if let hour = reading.hour, let minute = reading.minute {
            parts.append(hour * 60 + minute)
        }
        if let second = reading.second { parts.append(second) }
        if let millisecond = reading.millisecond { parts.append(millisecond) }
        numbers.append(UInt8(parts.count) | (reading.offsetMinutes == nil ? 0 : 8))
        for part in parts { numbers.append(count: part) }
        if let offset = reading.offsetMinutes { numbers.append(number: Zigzag.encode(offset)) }
    }
}

/// Reads what ``ValueWriter`` writes.
struct ValueReader {
    var numbers: ByteReader
    var lengths: ByteReader
    private var text: ByteReader

    /// Checks that the column of words is text before any of it is taken.
    init(numbers: ByteReader, lengths: ByteReader, text: ByteReader) throws(BodyError) {
        guard ScalarText.isValid(text.bytes, text.position..<text.end) else {
            throw BodyError(
                .badText,
                at: text.position,
                "the words are no UTF-8, or hold U+0000 or a carriage return"
            )
        }
        self.numbers = numbers
        self.lengths = lengths
        self.text = text
    }

    mutating func scalarText() throws(BodyError) -> ScalarText {
        let count = try lengths.count(atMost: text.remaining)
        let range = try text.block(count)
        // The block as a whole is well formed, so a part of it is as well if it begins and ends
        // between scalars; its end is checked as the beginning of the next.
        guard range.isEmpty || text.bytes[range.lowerBound] & 0xC0 != 0x80 else {
            throw BodyError(.badText, at: range.lowerBound, "a text begins inside a character")
        }
        return ScalarText(validated: Array(text.bytes[range]))
    }

    mutating func nonemptyText(_ name: String) throws(BodyError) -> ScalarText {
        let text = try scalarText()
        guard !text.isEmpty else {
            throw BodyError(.invalid, at: lengths.position, "\(name) is empty")
        }
        return text
    }

    /// A list of texts; each has a length, so there are no more than bytes left for these.
    mutating func texts(
        _ name: String,
        empty: Bool
    ) throws(BodyError) -> [ScalarText] {
        let count = try numbers.count(atMost: lengths.remaining)
        var texts: [ScalarText] = []
        texts.reserveCapacity(count)
        for _ in 0..<count {
            texts.append(try empty ? scalarText() : nonemptyText(name))
        }
        return texts
    }

    mutating func field(number: UInt8) throws(BodyError) -> Field {
        if Int(number) < Field.known.count { return Field.known[Int(number)] }
        guard Int(number) == Field.known.count else {
            throw BodyError(.unknown, at: numbers.position, "no field has the number \(number)")
        }
        return .custom(try nonemptyText("the name of a field"))
    }

    mutating func fieldValue() throws(BodyError) -> FieldValue {
        let start = numbers.position
        switch try numbers.byte() {
        case 0: return .absent
        case 1: return .text(try scalarText())
        case 2: return .list(try texts("an item of a list", empty: false))
        case 3: return .date(try date())
        case let kind: throw BodyError(.unknown, at: start, "no value has the kind \(kind)")
        }
    }

    private mutating func date() throws(BodyError) -> ArticleDate {
        let raw = try scalarText()
        let start = numbers.position
        let flags = try numbers.byte()
        if flags == 0 { return ArticleDate(raw: raw, reading: nil) }
        let count = Int(flags & 7)
        guard flags < 16, (1...6).contains(count) else {
            throw BodyError(.unknown, at: start, "no date has the flags \(flags)")
        }
        var parts: [Int] = []
        for _ in 0..<count { parts.append(try numbers.count(atMost: 9999)) }
        let offset =
            flags & 8 == 0 ? nil : Zigzag.decode(try numbers.number(atMost: 4096))
        let reading = ArticleDate.Reading(
            year: parts[0],
            month: count > 1 ? parts[1] : nil,
            day: count > 2 ? parts[2] : nil,
            hour: count > 3 ? parts[3] / 60 : nil,
            minute: count > 3 ? parts[3] % 60 : nil,
            second: count > 4 ? parts[4] : nil,
            millisecond: count > 5 ? parts[5] : nil,
            offsetMinutes: offset
        )
        guard let reading else {
            throw BodyError(.invalid, at: start, "there is no such date")
        }
        return ArticleDate(raw: raw, reading: reading)
    }

    func finish() throws(BodyError) {
        try numbers.finish("the numbers")
        try lengths.finish("the lengths")
        try text.finish("the words")
    }
}

extension ScalarText {
    /// Takes bytes that are known to be a text.
    init(validated bytes: [UInt8]) { utf8 = bytes }

    /// Whether `range` of `bytes` is UTF-8 without U+0000 and CR.
    static func isValid(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let span = bytes.span.extracting(range)
        var forbidden: UInt8 = 0
        var beyondASCII: UInt8 = 0
        // Bytes only, and no early way out: so the compiler makes this a loop over vectors.
        for index in span.indices {
            let byte = span[index]
            forbidden |= (byte == 0 ? 1 : 0) | (byte == 0x0D ? 1 : 0)
            beyondASCII |= byte
        }
        if forbidden != 0 { return false }
        if beyondASCII < 0x80 { return true }
        return (try? UTF8Span(validating: span)) != nil
    }
}
