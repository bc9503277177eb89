import ArticleModel
import CBOR

// The state of an article in deterministic CBOR. Everything is an array of a fixed layout; changes
// and chains, named again and again, go by their number in tables in order of first naming:
//
//   [0 (version), article, changes (32 bytes each), chains (16 bytes each), content]
//
// Equal states have equal bytes, so the state hash is a walk over the rows.

/// Writes the content and collects the changes and chains it names.
struct StateWriter {
    var writer = CBORWriter()
    private var changes = NameTable<ChangeID>()
    private var chains = NameTable<ChainID>()

    /// The whole encoding, with the tables before the content.
    func finish(article: ArticleID) -> [UInt8] {
        var whole = CBORWriter(capacity: writer.bytes.count + changes.bytes.count + 64)
        whole.array(5)
        whole.unsigned(StateCoding.version)
        whole.bytes(article.bytes)
        whole.bytes(changes.bytes)
        whole.bytes(chains.bytes)
        whole.encoded(writer.bytes)
        return whole.bytes
    }

    mutating func array(_ count: Int) { writer.array(count) }
    mutating func number(_ value: Int) { writer.integer(Int64(value)) }
    mutating func number(_ value: UInt32) { writer.unsigned(UInt64(value)) }
    mutating func number(_ value: UInt64) { writer.unsigned(value) }
    mutating func number(_ value: UInt8) { writer.unsigned(UInt64(value)) }
    mutating func signed(_ value: Int64) { writer.integer(value) }
    mutating func flag(_ value: Bool) { writer.bool(value) }
    mutating func null() { writer.null() }
    mutating func bytes(_ value: [UInt8]) { writer.bytes(value) }
    mutating func text(_ value: ScalarText) { writer.text(utf8: value.utf8) }
    mutating func change(_ id: ChangeID) { number(changes.number(of: id, bytes: id.bytes)) }
    mutating func chain(_ id: ChainID) { number(chains.number(of: id, bytes: id.bytes)) }

    mutating func list<Element>(
        _ elements: some Collection<Element>,
        _ write: (inout StateWriter, Element) -> Void
    ) {
        array(elements.count)
        for element in elements { write(&self, element) }
    }
}

private struct NameTable<Name: Hashable> {
    private(set) var bytes: [UInt8] = []
    private var numbers: [Name: Int] = [:]

    mutating func number(of name: Name, bytes nameBytes: @autoclosure () -> [UInt8]) -> Int {
        if let known = numbers[name] { return known }
        let number = numbers.count
        numbers[name] = number
        bytes.append(contentsOf: nameBytes())
        return number
    }
}

/// What the coding of states shares.
enum StateCoding {
    /// The first item of every encoded state.
    static let version: UInt64 = 0
    /// Marks a date among the values of fields.
    static let dateTag: UInt64 = 0x6761
    /// Characters of the raw text that are not seen: a void change inserted them.
    static let hiddenByVoid: UInt8 = 0
    /// Characters that are seen but no part of the raw text: a void change deleted them.
    static let keptFromVoid: UInt8 = 1
}
