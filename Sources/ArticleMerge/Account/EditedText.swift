internal import ArticleModel

/// What a change's operations make of one text, told in places of the text before it.
///
/// Characters that the change inserts and deletes itself leave no trace. Pieces are listed plainly:
/// the time grows with the square of the operations, of which a change has at most 10,000.
struct EditedText {
    /// A stretch of the old text that gives way to others.
    struct Hunk {
        /// The scalars of the old text that go.
        var deleted: Range<Int>
        /// What comes in their place.
        var inserted: [Unicode.Scalar]
        /// The offset of the first of them among the scalars that the change inserts.
        var firstOffset: UInt32
    }

    private enum Piece {
        /// Scalars of the old text.
        case kept(Range<Int>)
        /// New ones, and the offset of the first among the scalars that the change inserts.
        case inserted(ArraySlice<Unicode.Scalar>, offset: UInt32)

        var count: Int {
            switch self {
            case .kept(let range): range.count
            case .inserted(let scalars, _): scalars.count
            }
        }

        func parted(at count: Int) -> (Piece, Piece) {
            switch self {
            case .kept(let range):
                let middle = range.lowerBound + count
                return (
                    .kept(range.lowerBound..<middle), .kept(middle..<range.upperBound)
                )
            case .inserted(let scalars, let offset):
                return (
                    .inserted(scalars.prefix(count), offset: offset),
                    .inserted(scalars.dropFirst(count), offset: offset + UInt32(count))
                )
            }
        }
    }

    private let length: Int
    private var pieces: [Piece]

    /// Begins with a text of `length` scalars.
    init(length: Int) {
        self.length = length
        pieces = length > 0 ? [.kept(0..<length)] : []
    }

    /// What the operations of a change that revives nothing do to `field`; nil where one of them
    /// reaches past the end.
    init?(_ operations: [Operation], in field: TextField, length: Int) {
        self.init(length: length)
        var offset: UInt32 = 0
        for operation in operations {
            switch operation {
            case .insert(let other, let position, let text):
                let first = offset
                offset += UInt32(clamping: text.scalarCount)
                guard other == field else { continue }
                guard let index = cut(at: position) else { return nil }
                pieces.insert(.inserted(text.scalars[...], offset: first), at: index)
            case .delete(field, let position, let count):
                let (end, isTooFar) = position.addingReportingOverflow(count)
                guard count >= 0, !isTooFar, let first = cut(at: position),
                    let last = cut(at: end)
                else { return nil }
                pieces.removeSubrange(first..<last)
            default: break
            }
        }
    }

    /// Parts the pieces at `position` and gives the index of the one that begins there.
    private mutating func cut(at position: Int) -> Int? {
        // Operations come from anywhere, and a change is looked at before it is found faulty.
        guard position >= 0 else { return nil }
        var left = position
        for index in pieces.indices {
            if left == 0 { return index }
            let count = pieces[index].count
            if left < count {
                let (first, second) = pieces[index].parted(at: left)
                pieces[index] = first
                pieces.insert(second, at: index + 1)
                return index + 1
            }
            left -= count
        }
        return left == 0 ? pieces.count : nil
    }

    /// What differs, from left to right.
    var hunks: [Hunk] {
        var hunks: [Hunk] = []
        var end = 0
        var inserted: [Unicode.Scalar] = []
        var firstOffset: UInt32 = 0
        func close(_ start: Int) {
            guard end < start || !inserted.isEmpty else { return }
            hunks.append(
                Hunk(deleted: end..<start, inserted: inserted, firstOffset: firstOffset)
            )
            inserted = []
        }
        for piece in pieces {
            switch piece {
            case .kept(let range):
                close(range.lowerBound)
                end = range.upperBound
            case .inserted(let scalars, let offset):
                if inserted.isEmpty { firstOffset = offset }
                inserted += scalars
            }
        }
        close(length)
        return hunks
    }
}
