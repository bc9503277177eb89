/// A column of small values (0 to 15) in which neighbours are often equal.
///
/// Each run is one number: the value in the low four bits, above them how many follow the first.
/// Two runs side by side never have one value, so that a column has one form.
struct RunWriter {
    private(set) var bytes: [UInt8] = []
    private var value: UInt8 = 0
    private var count: UInt64 = 0

    mutating func append(_ next: UInt8) {
        if count > 0, next == value {
            count += 1
        } else {
            flush()
            value = next
            count = 1
        }
    }

    /// Writes the run begun; called once, at the end.
    mutating func finish() -> [UInt8] {
        flush()
        count = 0
        return bytes
    }

    private mutating func flush() {
        guard count > 0 else { return }
        bytes.append(number: (count - 1) << 4 | UInt64(value))
    }
}

/// Reads what ``RunWriter`` writes, value by value.
struct RunReader {
    private var reader: ByteReader
    private var value: UInt8?
    private var left: UInt64 = 0

    init(_ reader: ByteReader) { self.reader = reader }

    /// Where reading goes on.
    var position: Int { reader.position }

    mutating func next() throws(BodyError) -> UInt8 {
        if left == 0 {
            let start = reader.position
            let run = try reader.number(atMost: .max)
            let next = UInt8(run & 15)
            guard next != value else {
                throw BodyError(.notCanonical, at: start, "one run is written as two")
            }
            value = next
            left = run >> 4 + 1
        }
        left -= 1
        return value ?? 0
    }

    func finish(_ name: String) throws(BodyError) {
        guard left == 0 else {
            throw BodyError(.notCanonical, at: reader.end, "a run of \(name) is too long")
        }
        try reader.finish(name)
    }
}
