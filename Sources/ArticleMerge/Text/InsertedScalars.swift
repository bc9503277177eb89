internal import ArticleModel

/// The scalars that a change inserted, as UTF-8, found by their offsets.
struct InsertedScalars {
    private let utf8: [UInt8]
    /// Where each scalar begins, and the end; nil where each is one byte.
    private let starts: [Int]?

    init(_ change: Change) {
        var utf8: [UInt8] = []
        for (_, text) in change.insertedTexts { utf8.append(contentsOf: text.utf8) }
        if utf8.allSatisfy({ $0 < 0x80 }) {
            starts = nil
        } else {
            starts = utf8.indices.filter { utf8[$0] & 0xC0 != 0x80 } + [utf8.count]
        }
        self.utf8 = utf8
    }

    /// The scalars from `offset` on.
    func utf8(_ offset: UInt32, count: UInt32) -> ArraySlice<UInt8> {
        let first = Int(offset)
        let last = first + Int(count)
        guard let starts else { return utf8[first..<last] }
        return utf8[starts[first]..<starts[last]]
    }
}
