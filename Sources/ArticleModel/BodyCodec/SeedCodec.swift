// A seed in bytes. Numbers are LEB128 without needless bytes.
//
//   size of the numbers, the numbers, size of the lengths, the lengths, the words (the rest)
//
// The numbers are, in this order:
//   flags         1 byte: 1 a nonce follows, 2 there is a provenance
//   nonce         16 bytes, if flagged
//   field count   then for each field, ascending and distinct: its number (1 byte; 9: a free one,
//                 whose name is the next text) and its value
//   provenance    if flagged: SHA-256 of the source (32 bytes), first byte, count of bytes,
//                 count of warnings, count of what was dropped
// A value is a kind (1 byte): 1 a text, 2 a list (count; texts), 3 a date (the words are a text;
// flags: 0 not read, else the count of parts 1 to 6, +8 with an offset; the parts: year, month,
// day, minute of the day, second, millisecond; the offset in minutes as zigzag).
// Every text is a length in bytes among the lengths, its bytes among the words: those of the
// fields in order, the summary, the body, then parser, warnings, dropped.

extension Seed {
    /// The seed in bytes; equal seeds have equal bytes, and only they.
    public func encoded() -> [UInt8] {
        var writer = ValueWriter()
        writer.text.reserveCapacity(summary.utf8.count + body.utf8.count + 256)
        writer.numbers.append((nonce == nil ? 0 : 1) | (provenance == nil ? 0 : 2))
        if let nonce { writer.numbers.append(contentsOf: nonce.bytes) }
        writer.numbers.append(count: fields.count)
        for entry in fields {
            writer.numbers.append(entry.field.number)
            writer.appendName(of: entry.field)
            writer.append(entry.value)
        }
        writer.append(summary)
        writer.append(body)
        if let provenance {
            writer.numbers.append(contentsOf: provenance.source.bytes)
            writer.numbers.append(number: provenance.range.lowerBound)
            writer.numbers.append(
                number:
                    provenance.range.upperBound - provenance.range.lowerBound
            )
            writer.append(provenance.parser)
            writer.append(provenance.warnings)
            writer.append(provenance.dropped)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            writer.numbers.count + writer.lengths.count + writer.text.count + 8
        )
        bytes.append(count: writer.numbers.count)
        bytes.append(contentsOf: writer.numbers)
        bytes.append(count: writer.lengths.count)
        bytes.append(contentsOf: writer.lengths)
        bytes.append(contentsOf: writer.text)
        return bytes
    }

    /// Reads a seed from exactly the bytes that ``encoded()`` gives for it.
    public init(decoding bytes: [UInt8]) throws(BodyError) {
        guard bytes.count <= Limits.bodySizeMax else {
            throw BodyError(.tooLarge, at: 0, "a seed has at most \(Limits.bodySizeMax) bytes")
        }
        try self.init(reading: ByteReader(bytes))
    }

    /// Reads a seed from all that `block` holds.
    init(reading block: ByteReader) throws(BodyError) {
        var block = block
        let numbers = try block.block(block.count(atMost: block.remaining))
        let lengths = try block.block(block.count(atMost: block.remaining))
        let text = try block.block(block.remaining)
        var reader = try ValueReader(
            numbers: ByteReader(block.bytes, range: numbers),
            lengths: ByteReader(block.bytes, range: lengths),
            text: ByteReader(block.bytes, range: text)
        )
        let flags = try reader.numbers.byte()
        guard flags < 4 else {
            throw BodyError(.unknown, at: numbers.lowerBound, "no seed has the flags \(flags)")
        }
        nonce = flags & 1 == 0 ? nil : try reader.numbers.identifier16()
        fields = try Self.fields(from: &reader)
        summary = try reader.scalarText()
        body = try reader.scalarText()
        provenance = flags & 2 == 0 ? nil : try Provenance(from: &reader)
        try reader.finish()
    }

    private static func fields(
        from reader: inout ValueReader
    ) throws(BodyError) -> [FieldEntry] {
        // A field takes two bytes at least: its number and the kind of its value.
        let count = try reader.numbers.count(atMost: reader.numbers.remaining / 2)
        var fields: [FieldEntry] = []
        fields.reserveCapacity(count)
        for _ in 0..<count {
            let start = reader.numbers.position
            let field = try reader.field(number: reader.numbers.byte())
            if let last = fields.last, field <= last.field {
                throw BodyError(.notCanonical, at: start, "the fields are out of order")
            }
            let value = try reader.fieldValue()
            guard value != .absent else {
                throw BodyError(.notCanonical, at: start, "a field that is absent is listed")
            }
            fields.append(FieldEntry(field, value))
        }
        return fields
    }
}

extension Provenance {
    fileprivate init(from reader: inout ValueReader) throws(BodyError) {
        source = try reader.numbers.identifier32()
        let lower = try reader.numbers.number(atMost: .max)
        let count = try reader.numbers.number(atMost: .max - lower)
        // Counting such a range must not overflow where it is written again.
        guard count <= UInt64(Int.max) else {
            throw BodyError(.tooLarge, at: reader.numbers.position, "a source is too long")
        }
        range = lower..<(lower + count)
        parser = try reader.scalarText()
        warnings = try reader.texts("a warning", empty: true)
        dropped = try reader.texts("what was dropped", empty: true)
    }
}
