public import ArticleModel

// The saved form of a document:
//
//     numbers   bytes of the text, bytes of the history, nodes of the history, how many of them no
//               other goes on from, and how far each of these is behind the one before, the first
//               behind the end
//     text      UTF-8 as it is, so that it is there as soon as the file is
//     history   see `TextHistory.encoded`

/// A saved document: its text at once, its history when it is asked for.
public struct SavedText: Sendable {
    /// The text.
    public let text: ScalarText
    private let history: ArraySlice<UInt8>
    private let nodeCount: Int
    private let heads: [Int]
    private let scalarCount: Int

    /// Reads the text; the history is left as it is.
    public init(decoding bytes: [UInt8]) throws(MergeError) {
        var reader = NumberReader(bytes[...])
        let textSize = reader.number(atMost: bytes.count)
        let historySize = reader.number(atMost: bytes.count)
        nodeCount = reader.number(atMost: Int(UInt32.max))
        var heads: [Int] = []
        var next = nodeCount
        for _ in 0..<reader.number(atMost: min(bytes.count, nodeCount)) {
            let distance = reader.number(atMost: next)
            guard distance > 0 else { throw TextHistory.unreadable }
            next -= distance
            heads.append(next)
        }
        self.heads = heads.reversed()
        let rest = reader.rest
        guard !reader.isDamaged, rest.count == textSize + historySize,
            heads.isEmpty == (nodeCount == 0)
        else { throw TextHistory.unreadable }
        let utf8 = Array(rest.prefix(textSize))
        guard let scalarCount = utf8.validScalarCount() else { throw TextHistory.unreadable }
        self.scalarCount = scalarCount
        text = ScalarText(wellFormed: utf8)
        history = rest.dropFirst(textSize)
    }

    /// The document, to be edited and merged.
    ///
    /// Its history is read once something is merged that does not follow all of it, or when it is
    /// saved; it is then that an error says where this is not the history of the text.
    public func document() -> TextDocument {
        TextDocument(
            text,
            scalarCount: scalarCount,
            FoldedHistory(bytes: Array(history), nodeCount: nodeCount, heads: heads)
        )
    }
}

extension TextDocument {
    /// The document as bytes.
    public func encoded(effort: Int = 9) throws(MergeError) -> [UInt8] {
        let utf8 = utf8
        let compacted = try checkedHistory().compacted()
        let history = compacted.encoded(effort: effort)
        var writer = NumberWriter()
        writer.write(UInt64(utf8.count))
        writer.write(UInt64(history.count))
        writer.write(UInt64(compacted.count))
        let heads = compacted.heads
        writer.write(UInt64(heads.count))
        var next = compacted.count
        for head in heads.reversed() {
            writer.write(UInt64(next - head))
            next = head
        }
        return writer.bytes + utf8 + history
    }
}
