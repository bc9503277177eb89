internal import ArticleModel

/// The texts of an article, walked plainly: what the fast walk is checked by.
struct PlainTexts: TextWalk {
    private var walk: Walk
    private var summary = MergedText()
    private var body = MergedText()

    init(_ graph: EventGraph) { walk = Walk(graph) }

    mutating func extend(to graph: EventGraph) {
        var longer = Walk(graph)
        for number in walk.applied.indices { longer.applied[number] = walk.applied[number] }
        walk = longer
    }

    var applied: [Bool] { walk.applied }

    mutating func plant(_ seed: Seed) {
        walk.applied[0] = true
        var offset: UInt32 = 0
        for field in TextField.allCases {
            let count = UInt32(clamping: seed.text(of: field).scalarCount)
            guard count > 0 else { continue }
            let item = Item(change: 0, offset: offset)
            do {
                try self[field].insert(item, count: count, at: 0, walk)
            } catch {
                fatalError("the start of an empty text is past its end")
            }
            offset += count
        }
    }

    mutating func move(retreat: [Int], advance: [Int]) {
        for number in retreat { walk.applied[number] = false }
        for number in advance { walk.applied[number] = true }
        for field in TextField.allCases {
            self[field].refresh(retreat, walk)
            self[field].refresh(advance, walk)
        }
    }

    mutating func turn(from version: [Int], to heads: [Int]) -> Bool { false }

    mutating func part(at version: [Int], for changeCount: Int) {}

    mutating func apply(_ change: Change, _ number: Int, in graph: EventGraph) -> Fault? {
        walk.applied[number] = true
        guard let fault = applyOperations(of: change, Int32(number), graph) else { return nil }
        summary.erase(Int32(number))
        body.erase(Int32(number))
        walk.applied[number] = false
        return fault
    }

    private mutating func applyOperations(
        of change: Change,
        _ number: Int32,
        _ graph: EventGraph
    ) -> Fault? {
        var offset: UInt32 = 0
        for (index, operation) in change.operations.enumerated() {
            do throws(Fault.Code) {
                switch operation {
                case .insert(let field, let position, let text):
                    let count = UInt32(clamping: text.scalarCount)
                    let item = Item(change: number, offset: offset)
                    try self[field].insert(item, count: count, at: position, walk)
                    offset += count
                case .delete(let field, let position, let count):
                    try self[field].delete(at: position, count: count, by: number, walk)
                case .revive(let field, let ranges):
                    let revival = try revival(of: ranges, by: Int(number), graph)
                    try self[field].revive(revival, by: number, walk)
                default: break
                }
            } catch {
                return Fault(error, at: index)
            }
        }
        return nil
    }

    private func revival(
        of ranges: [CharacterRange],
        by number: Int,
        _ graph: EventGraph
    ) throws(Fault.Code) -> Revival {
        var characters: [(change: Int32, range: Range<UInt32>)] = []
        for range in ranges {
            guard let change = graph.number(of: range.change), change != number,
                walk.applied[change]
            else { throw .unknownCharacter }
            characters.append((Int32(change), range.offset..<range.offset + range.count))
        }
        return Revival(characters)
    }

    /// What is asked for is worked out from the whole text.
    var keepsEdits: Bool {
        get { false }
        set {}
    }

    var edits: [WalkedEdit]? { nil }

    func text(of field: TextField, in graph: EventGraph) -> TextState {
        let merged = field == .summary ? summary : body
        var contents = [InsertedScalars?](repeating: nil, count: graph.count)
        var text = TextBuilder()
        for span in merged.spans {
            let number = Int(span.change)
            // A change without effect at this version: a void one that nobody went on from.
            guard walk.applied[number] else { continue }
            let node = graph.nodes[number]
            guard let change = node.change else { continue }
            let content = contents[number] ?? InsertedScalars(change)
            contents[number] = content
            let run = ItemRun(
                change: node.id,
                offset: span.offset,
                count: span.count,
                isVisible: merged.isShown(span, walk) { graph.isVoid(number: Int($0)) },
                isAlive: merged.isVisible(span, walk)
            )
            text.append(run, content.utf8(span.offset, count: span.count))
        }
        return text.text
    }

    private subscript(field: TextField) -> MergedText {
        get {
            switch field {
            case .summary: summary
            case .body: body
            }
        }
        _modify {
            switch field {
            case .summary: yield &summary
            case .body: yield &body
            }
        }
    }
}
