/// A text that is edited, addressed by scalars.
///
/// One gap buffer up to ``pieceSizeMax`` bytes, a row of them above.
struct TextRope: ~Copyable {
    /// The bytes up to which a piece is not split.
    ///
    /// Merging branches goes to and fro in the text, and moves a third of a piece each time.
    static let pieceSizeMax = 128 * 1024

    private var pieces = Arena<GapBuffer>(capacity: 1)
    /// The number of scalars.
    private(set) var scalarCount = 0

    /// An empty text with room for `capacity` bytes.
    init(capacity: Int = 0) {
        pieces.append(GapBuffer(capacity: min(capacity, Self.pieceSizeMax)))
    }

    /// The text of some UTF-8, well formed, of `scalarCount` scalars.
    init(_ utf8: [UInt8], scalarCount: Int) {
        self.init(capacity: utf8.count + 1_024)
        insert(utf8.span, 0..<utf8.count, scalars: scalarCount, at: 0)
    }

    deinit {
        for index in 0..<pieces.count { pieces[index].free() }
    }

    /// The number of bytes.
    var count: Int {
        var sum = 0
        for index in 0..<pieces.count { sum += pieces[index].count }
        return sum
    }

    /// The bytes taken.
    var byteCount: Int {
        var sum = 0
        for index in 0..<pieces.count { sum += pieces[index].capacity }
        return sum
    }

    /// The whole text.
    var utf8: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for index in 0..<pieces.count { pieces[index].append(to: &bytes) }
        return bytes
    }

    /// Inserts the bytes `range` of `source`, `scalars` scalars, at the scalar `position`.
    @inline(__always)
    mutating func insert(
        _ source: borrowing Span<UInt8>,
        _ range: Range<Int>,
        scalars: Int,
        at position: Int
    ) {
        let (piece, start) = find(position)
        pieces[piece].insert(source, range, scalars: scalars, at: position - start)
        scalarCount += scalars
        if pieces[piece].count > Self.pieceSizeMax { split(piece) }
    }

    /// Deletes `count` scalars from the scalar `position` on.
    @inline(__always)
    mutating func delete(at position: Int, count: Int) {
        let (first, start) = find(position)
        var piece = first
        var offset = position - start
        var rest = count
        while rest > 0 {
            let length = min(rest, pieces[piece].scalarCount - offset)
            pieces[piece].delete(at: offset, count: length)
            rest -= length
            piece += 1
            offset = 0
        }
        scalarCount -= count
        if pieces.count > 1 { dropEmptyPieces() }
    }

    /// The piece that holds `position`, or the end of which it is, and where that begins.
    @inline(__always)
    private func find(_ position: Int) -> (piece: Int, start: Int) {
        precondition(position >= 0 && position <= scalarCount)
        var start = 0
        var piece = 0
        while position - start > pieces[piece].scalarCount {
            start += pieces[piece].scalarCount
            piece += 1
        }
        return (piece, start)
    }

    /// Cuts a piece that became too large: into halves what was typed into, into more what was put
    /// in at once.
    private mutating func split(_ piece: Int) {
        let scalars = pieces[piece].scalarCount
        var parts = max(2, pieces[piece].count / (Self.pieceSizeMax / 2))
        // From the end, so that each byte is moved once, and the memory of what was put in at once
        // is not kept.
        while parts > 1 {
            parts -= 1
            let start = scalars / (parts + 1) * parts
            pieces.insert(pieces[piece].splitOff(from: start), at: piece + 1)
        }
        pieces[piece].shrink()
    }

    private mutating func dropEmptyPieces() {
        var kept = 0
        for index in 0..<pieces.count {
            if pieces[index].count > 0 || (index == pieces.count - 1 && kept == 0) {
                let piece = pieces[index]
                pieces[kept] = piece
                kept += 1
            } else {
                pieces[index].free()
            }
        }
        pieces.removeLast(pieces.count - kept)
    }
}
