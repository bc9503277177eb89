public import ArticleModel

// The saved form of a document:
//
//     numbers   bytes of the text, bytes of the history
//     text      UTF-8 as it is, so that it is there as soon as the file is
//     history   see `TextHistory.encoded`

/// A saved document: its text at once, its history when it is asked for.
public struct SavedText: Sendable {
    /// The text.
    public let text: ScalarText
    private let history: ArraySlice<UInt8>

    /// Reads the text; the history is left as it is.
    public init(decoding bytes: [UInt8]) throws(MergeError) {
        var reader = NumberReader(bytes[...])
        let textSize = reader.number(atMost: bytes.count)
        let historySize = reader.number(atMost: bytes.count)
        let rest = reader.rest
        guard !reader.isDamaged, rest.count == textSize + historySize else {
            throw TextHistory.unreadable
        }
        let utf8 = Array(rest.prefix(textSize))
        guard utf8.validScalarCount() != nil else { throw TextHistory.unreadable }
        text = ScalarText(wellFormed: utf8)
        history = rest.dropFirst(textSize)
    }

    /// The document, to be edited and merged; its text must be what its history gives.
    public func document() throws(MergeError) -> TextDocument {
        let document = try TextDocument(replaying: TextHistory(decoding: history))
        guard document.utf8 == text.utf8 else { throw TextHistory.unreadable }
        return document
    }
}

extension TextDocument {
    /// The document as bytes.
    public func encoded(effort: Int = 9) -> [UInt8] {
        let utf8 = utf8
        let history = history.compacted().encoded(effort: effort)
        var writer = NumberWriter()
        writer.write(UInt64(utf8.count))
        writer.write(UInt64(history.count))
        return writer.bytes + utf8 + history
    }
}
