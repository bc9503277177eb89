/// Characters that stand for U+0000 and CR in a trace, since texts do not hold those.
///
/// Each is a character for private use that occurs nowhere in the trace, so positions stay what
/// they are and the text can be told from what stands in it.
struct StandIns: Sendable {
    private let characters: [Unicode.Scalar: Unicode.Scalar]
    private static let replaced: [Unicode.Scalar] = ["\0", "\r"]

    /// Stand-ins for a trace with these texts; nil where none is needed.
    init?(for texts: some Sequence<String>) {
        var isNeeded = false
        var used: Set<Unicode.Scalar> = []
        for text in texts {
            if text.utf8.contains(where: { $0 == 0 || $0 == 0x0D }) { isNeeded = true }
            guard text.utf8.contains(where: { $0 >= 0xEE }) else { continue }
            used.formUnion(
                text.unicodeScalars.filter { $0.properties.generalCategory == .privateUse }
            )
        }
        guard isNeeded else { return nil }
        let free = (0xE000...0xF8FF as ClosedRange<UInt32>).lazy
            .compactMap { Unicode.Scalar($0) }
            .filter { !used.contains($0) }
        characters = Dictionary(zip(Self.replaced, free)) { first, _ in first }
    }

    /// `text` with stand-ins.
    func put(into text: String) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: text.unicodeScalars.map { characters[$0] ?? $0 })
        return String(result)
    }

    /// `text` without them.
    func taken(outOf text: String) -> String {
        let originals = Dictionary(characters.map { ($1, $0) }) { first, _ in first }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: text.unicodeScalars.map { originals[$0] ?? $0 })
        return String(result)
    }
}

extension TraceJSON {
    /// The trace with stand-ins in all its texts.
    func with(_ standIns: StandIns) -> TraceJSON {
        func replaced(_ patches: [TraceFile.Patch]?) -> [TraceFile.Patch]? {
            patches?.map {
                TraceFile.Patch(
                    position: $0.position,
                    deletedCount: $0.deletedCount,
                    inserted: standIns.put(into: $0.inserted)
                )
            }
        }
        return TraceJSON(
            kind: kind,
            startContent: startContent,
            endContent: standIns.put(into: endContent),
            txns: txns.map {
                Transaction(
                    parents: $0.parents,
                    agent: $0.agent,
                    span: $0.span,
                    seqStart: $0.seqStart,
                    patches: replaced($0.patches),
                    ops: replaced($0.ops)
                )
            }
        )
    }

    /// All texts of the trace.
    var texts: [String] {
        [endContent] + txns.flatMap { ($0.patches ?? $0.ops ?? []).map(\.inserted) }
    }
}
