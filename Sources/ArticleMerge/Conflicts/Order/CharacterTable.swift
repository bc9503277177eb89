internal import ArticleModel

/// All characters that the changes of a text inserted, numbered in order of the changes, with
/// their words.
struct CharacterTable {
    /// Characters of one change that go on from each other both by number and by offset.
    private struct Piece {
        let offset: UInt32
        let number: UInt32
        let count: UInt32
    }

    /// By change: the number of its first character; and the number of all.
    let firsts: [UInt32]
    private let pieces: [Piece]
    /// By change: its first piece; and the number of all.
    private let pieceStarts: [Int32]
    private let utf8: [UInt8]
    /// Where each scalar begins, and the end; nil where each is one byte.
    private let starts: [UInt32]?

    init(_ graph: TextGraph) {
        var firsts: [UInt32] = []
        firsts.reserveCapacity(graph.count + 1)
        var pieces: [Piece] = []
        var pieceStarts: [Int32] = []
        pieceStarts.reserveCapacity(graph.count + 1)
        var utf8: [UInt8] = []
        var number: UInt32 = 0
        for change in graph.changes {
            firsts.append(number)
            pieceStarts.append(Int32(pieces.count))
            for case .insert(_, let text, let offset) in change.steps {
                let count = UInt32(clamping: text.scalarCount)
                utf8.append(contentsOf: text.utf8)
                let start = Int(pieceStarts[pieceStarts.count - 1])
                if pieces.count > start, let last = pieces.last,
                    last.offset + last.count == offset
                {
                    pieces[pieces.count - 1] =
                        Piece(offset: last.offset, number: last.number, count: last.count + count)
                } else {
                    pieces.append(Piece(offset: offset, number: number, count: count))
                }
                number += count
            }
        }
        firsts.append(number)
        pieceStarts.append(Int32(pieces.count))
        self.firsts = firsts
        self.pieces = pieces
        self.pieceStarts = pieceStarts
        starts =
            utf8.count == Int(number)
            ? nil
            : utf8.indices.filter { utf8[$0] & 0xC0 != 0x80 }.map { UInt32($0) }
                + [UInt32(utf8.count)]
        self.utf8 = utf8
    }

    var count: Int { Int(firsts[firsts.count - 1]) }

    /// The numbers of characters that are named by their offsets; nil where one is not in the text.
    func numbers(of change: Int, _ offset: UInt32, count: UInt32) -> [Range<UInt32>]? {
        var result: [Range<UInt32>] = []
        var next = offset
        let end = UInt64(offset) + UInt64(count)
        for piece in pieces[Int(pieceStarts[change])..<Int(pieceStarts[change + 1])]
        where piece.offset <= next && next - piece.offset < piece.count && next < end {
            let stop = min(end, UInt64(piece.offset) + UInt64(piece.count))
            let number = piece.number + (next - piece.offset)
            result.append(number..<number + UInt32(stop - UInt64(next)))
            next = UInt32(stop)
        }
        return next == end ? result : nil
    }

    /// The offset of a character among the scalars that its change inserted.
    func offset(of number: UInt32, by change: Int) -> UInt32 {
        let own = pieces[Int(pieceStarts[change])..<Int(pieceStarts[change + 1])]
        let place = own.sortedIndex { $0.number + $0.count <= number }
        return place < own.endIndex ? own[place].offset + (number - own[place].number) : 0
    }

    /// The characters `number`, `number + 1`, … of one change as ranges of offsets.
    func ranges(of number: UInt32, count: UInt32, by change: Int) -> [Range<UInt32>] {
        let own = pieces[Int(pieceStarts[change])..<Int(pieceStarts[change + 1])]
        var result: [Range<UInt32>] = []
        let end = number + count
        for piece in own where piece.number < end && number < piece.number + piece.count {
            let first = max(number, piece.number)
            let last = min(end, piece.number + piece.count)
            let offset = piece.offset + (first - piece.number)
            result.append(offset..<offset + (last - first))
        }
        return result
    }

    /// The words of characters in UTF-8.
    @inline(__always)
    func utf8(_ number: UInt32, count: UInt32) -> ArraySlice<UInt8> {
        guard let starts else { return utf8[Int(number)..<Int(number + count)] }
        return utf8[Int(starts[Int(number)])..<Int(starts[Int(number + count)])]
    }

    /// The value of a scalar.
    @inline(__always)
    func scalar(_ number: UInt32) -> UInt32 {
        guard let starts else { return UInt32(utf8[Int(number)]) }
        let byte = Int(starts[Int(number)])
        let first = UInt32(utf8[byte])
        switch Int(starts[Int(number) + 1]) - byte {
        case 1: return first
        case 2: return (first & 0x1F) << 6 | rest(byte + 1)
        case 3: return (first & 0x0F) << 12 | rest(byte + 1) << 6 | rest(byte + 2)
        default:
            return (first & 0x07) << 18 | rest(byte + 1) << 12 | rest(byte + 2) << 6
                | rest(byte + 3)
        }
    }

    private func rest(_ byte: Int) -> UInt32 { UInt32(utf8[byte] & 0x3F) }
}
