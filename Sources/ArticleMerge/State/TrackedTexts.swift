internal import ArticleModel

/// The texts of an article, walked fast.
struct TrackedTexts: TextWalk, ~Copyable {
    var summary = TextTracker()
    var body = TextTracker()
    private var order: StampOrder
    /// By number of change: the number of its first character.
    private(set) var firstCharacters: [UInt32] = []
    private var characterCount: UInt32 = 0
    var applied: [Bool]
    /// The versions left standing, by slot of the trackers; of the slot walked in it is void.
    var standing: [StandingVersion] = [StandingVersion()]
    /// The slot walked in, and how often one was turned to.
    var slot = 0
    var turnCount = 0
    var contents: [InsertedScalars?]
    var made: [WalkedEdit] = []
    var keepsEdits = false

    /// What the walk began with, where that is not the seed.
    var base: WalkBase?
    /// Whether a change said something that cannot be told without what came before the base.
    var lacksHistory = false

    /// Whether the characters of a graph can be numbered here.
    static func canWalk(_ graph: EventGraph, with change: Change? = nil) -> Bool {
        let more = change?.insertions.last?.end ?? 0
        return graph.insertedCount + more < Int(TrackedSpan.firstOfBase)
    }

    init(_ graph: EventGraph) {
        order = StampOrder()
        applied = []
        contents = []
        for number in 0..<graph.count { extend(with: graph.nodes[number]) }
    }

    /// The bytes taken, about.
    var byteCount: Int {
        summary.byteCount + body.byteCount + applied.count * (150 + standing.count)
    }

    var edits: [WalkedEdit]? { keepsEdits ? made : nil }

    mutating func extend(to graph: EventGraph) { extend(with: graph.nodes[graph.count - 1]) }

    private mutating func extend(with node: EventGraph.Node) {
        order.stamps.append(node.change?.stamp)
        firstCharacters.append(characterCount)
        characterCount += UInt32(clamping: node.insertedCount)
        applied.append(false)
        for index in standing.indices where index != slot { standing[index].applied.append(false) }
        contents.append(nil)
    }

    mutating func plant(_ seed: Seed) {
        applied[0] = true
        summary.open(0)
        body.open(0)
        let summaryCount = UInt32(clamping: seed.summary.scalarCount)
        let bodyCount = UInt32(clamping: seed.body.scalarCount)
        if summaryCount > 0 { summary.insert(0, count: summaryCount, at: 0, by: 0, order) }
        if bodyCount > 0 { body.insert(summaryCount, count: bodyCount, at: 0, by: 0, order) }
    }

    mutating func move(retreat: [Int], advance: [Int]) {
        for number in retreat { applied[number] = false }
        for number in advance { applied[number] = true }
        summary.move(retreat: retreat, advance: advance)
        body.move(retreat: retreat, advance: advance)
    }

    mutating func apply(_ change: Change, _ number: Int, in graph: EventGraph) -> Fault? {
        applied[number] = true
        made.removeAll(keepingCapacity: true)
        summary.keepsEdits = keepsEdits
        body.keepsEdits = keepsEdits
        summary.open(number)
        body.open(number)
        var next = firstCharacters[number]
        for (index, operation) in change.operations.enumerated() {
            let code: Fault.Code?
            switch operation {
            case .insert(let field, let position, let text):
                let count = UInt32(clamping: text.scalarCount)
                code = insert(next, count: count, at: position, by: number, in: field)
                if keepsEdits, code == nil {
                    noteInsertion(of: text, next, by: number, field, graph)
                }
                next += count
            case .delete(let field, let position, let count):
                code = delete(at: position, count: count, by: number, in: field)
                if keepsEdits { noteDeletions(field) }
            case .revive(let field, let ranges):
                code = revive(ranges, by: number, in: field, graph)
            default: continue
            }
            if let code {
                summary.erase(number)
                body.erase(number)
                applied[number] = false
                return Fault(code, at: index)
            }
        }
        return nil
    }

    private mutating func insert(
        _ first: UInt32,
        count: UInt32,
        at position: Int,
        by number: Int,
        in field: TextField
    ) -> Fault.Code? {
        guard position >= 0, position <= length(of: field) else { return .pastTheEnd }
        switch field {
        case .summary: summary.insert(first, count: count, at: position, by: number, order)
        case .body: body.insert(first, count: count, at: position, by: number, order)
        }
        return nil
    }

    private mutating func delete(
        at position: Int,
        count: Int,
        by number: Int,
        in field: TextField
    ) -> Fault.Code? {
        let length = length(of: field)
        guard count > 0, position >= 0, position <= length, count <= length - position else {
            return .pastTheEnd
        }
        switch field {
        case .summary: summary.delete(at: position, count: count, by: number)
        case .body: body.delete(at: position, count: count, by: number)
        }
        return nil
    }

    private mutating func revive(
        _ ranges: [CharacterRange],
        by number: Int,
        in field: TextField,
        _ graph: EventGraph
    ) -> Fault.Code? {
        var characters: [Range<UInt32>] = []
        for range in ranges {
            guard let change = graph.number(of: range.change), change != number, applied[change],
                Int(range.offset) + Int(range.count) <= graph.nodes[change].insertedCount
            else { return .unknownCharacter }
            if let base, change <= base.number {
                guard let found = base.characters(range, in: field) else {
                    lacksHistory = true
                    return .unknownCharacter
                }
                characters += found
                continue
            }
            let first = firstCharacters[change] + range.offset
            characters.append(first..<first + range.count)
        }
        characters.sort { $0.lowerBound < $1.lowerBound }
        var done: UInt32 = 0
        for range in characters {
            let isKnown = field == .summary ? summary.contains(range) : body.contains(range)
            guard isKnown else { return .unknownCharacter }
            guard range.upperBound > done else { continue }
            let rest = max(done, range.lowerBound)..<range.upperBound
            if keepsEdits {
                reviveNoting(rest, by: number, in: field, graph)
            } else {
                revive(rest, by: number, in: field)
            }
            done = range.upperBound
        }
        return nil
    }

    /// How many characters stand left of one that a change inserted, and whether it is in the text
    /// itself; nil where that text never had it.
    func place(
        _ offset: UInt32,
        of change: Int,
        in field: TextField
    ) -> (position: Int, isVisible: Bool)? {
        let end = change + 1 < firstCharacters.count ? firstCharacters[change + 1] : characterCount
        guard offset < end - firstCharacters[change] else { return nil }
        let character = firstCharacters[change] + offset
        return switch field {
        case .summary: summary.place(of: character)
        case .body: body.place(of: character)
        }
    }

    /// The character that stands at `position`, as a change and an offset in it.
    func character(at position: Int, in field: TextField) -> (change: Int, offset: UInt32)? {
        guard position >= 0, position < length(of: field) else { return nil }
        let (change, character) =
            switch field {
            case .summary: summary.character(at: position)
            case .body: body.character(at: position)
            }
        return (Int(change), character - firstCharacters[Int(change)])
    }

    /// The number of scalars of a text at the version walked.
    func length(of field: TextField) -> Int {
        switch field {
        case .summary: summary.count
        case .body: body.count
        }
    }
}

/// Ties among concurrent insertions are settled by the stamps of their changes.
private struct StampOrder: InsertionOrder {
    var stamps: [Stamp?] = []

    func precedes(_ change: UInt32, _ other: UInt32) -> Bool {
        guard let first = stamps[Int(change)], let second = stamps[Int(other)] else { return false }
        return first.precedesByChain(second)
    }
}
