internal import ArticleModel

/// A walk over a whole event graph that ends with the article's state.
struct Replay {
    private let graph: EventGraph
    private var walk: Walk
    /// The heads of the version walked.
    private var version: [Int] = []
    private var summary = MergedText()
    private var body = MergedText()
    private var deletion: DeletionRecord
    private var isFaulty: [Bool]
    private var state: ArticleState

    init(_ graph: EventGraph) {
        self.graph = graph
        walk = Walk(graph)
        deletion = DeletionRecord(seed: graph.seed)
        isFaulty = [Bool](repeating: false, count: graph.count)
        guard let seed = graph.nodes[0].change, case .seed(let content) = seed.content else {
            fatalError("an event graph begins with a seed")
        }
        state = ArticleState(seeded: content, by: seed)
        plant(content)
    }

    /// The state after all changes, visited in `order`, a topological one.
    static func state(of graph: EventGraph, in order: [Int]) -> ArticleState {
        var replay = Replay(graph)
        for number in order where number > 0 { replay.visit(number) }
        return replay.finish()
    }

    private mutating func plant(_ seed: Seed) {
        walk.applied[0] = true
        version = [0]
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

    private mutating func visit(_ number: Int) {
        let node = graph.nodes[number]
        if let fault = fault(of: node) ?? apply(number, node) {
            isFaulty[number] = true
            state.record(fault, of: node.id)
        }
    }

    private func fault(of node: EventGraph.Node) -> Fault? {
        if let fault = node.fault { return fault }
        if node.parents.contains(where: { isFaulty[$0] }) { return Fault(.faultyParent) }
        return node.change?.faultOfForm()
    }

    /// Does a change of good form, or gives its fault and leaves no effect of it.
    private mutating func apply(_ number: Int, _ node: EventGraph.Node) -> Fault? {
        guard let change = node.change else { return nil }
        move(to: node.parents)
        if let fault = state.faultOfNotes(in: change, ancestry) { return fault }
        walk.applied[number] = true
        if let fault = applyTexts(of: change, Int32(number)) {
            summary.erase(Int32(number))
            body.erase(Int32(number))
            walk.applied[number] = false
            return fault
        }
        version = [number]
        applyAllButTexts(of: change)
        return nil
    }

    /// What the changes applied where the walk stands give a change to go on from.
    ///
    /// To be dropped before the walk moves, or moving copies it.
    private var ancestry: WalkedAncestry { WalkedAncestry(graph: graph, walk: walk) }

    private mutating func applyAllButTexts(of change: Change) {
        // The change itself is applied by now, and may count as an ancestor: what it does first
        // is known to what it does next.
        let ancestry = ancestry
        var made: UInt32 = 0
        for operation in change.operations {
            state.apply(operation, of: change, made: &made, isAncestor: ancestry.isAncestor)
            switch operation {
            case .deleteArticle:
                deletion.delete(by: change.id, isAncestor: ancestry.isAncestor)
            case .undeleteArticle:
                deletion.undelete(by: change.id, isAncestor: ancestry.isAncestor)
            default:
                if operation.permission == .edit {
                    deletion.edit(by: change.id, isAncestor: ancestry.isAncestor)
                }
            }
        }
    }

    private mutating func applyTexts(of change: Change, _ number: Int32) -> Fault? {
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
                    let revival = try revival(of: ranges, by: Int(number))
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
        by number: Int
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

    private mutating func move(to heads: [Int]) {
        guard heads != version else { return }
        let (retreat, advance) = graph.difference(from: version, to: heads)
        for number in retreat { walk.applied[number] = false }
        for number in advance { walk.applied[number] = true }
        for field in TextField.allCases {
            self[field].refresh(retreat, walk)
            self[field].refresh(advance, walk)
        }
        version = heads
    }

    private mutating func finish() -> ArticleState {
        var isHead = isFaulty.map { !$0 }
        for (number, node) in graph.nodes.enumerated() where !isFaulty[number] {
            for parent in node.parents { isHead[parent] = false }
        }
        let heads = isHead.indices.filter { isHead[$0] }
        move(to: heads)
        var contents = [InsertedScalars?](repeating: nil, count: graph.count)
        state.heads = heads.map { graph.nodes[$0].id }.sorted()
        state.deletions = deletion.standing
        state.isDeleted = deletion.isDeleted
        state.summary = text(of: summary, &contents)
        state.body = text(of: body, &contents)
        return state
    }

    private func text(of merged: MergedText, _ contents: inout [InsertedScalars?]) -> TextState {
        var utf8: [UInt8] = []
        var scalarCount = 0
        var runs: [ItemRun] = []
        for span in merged.spans {
            let number = Int(span.change)
            let node = graph.nodes[number]
            let run = ItemRun(
                change: node.id,
                offset: span.offset,
                count: span.count,
                isVisible: merged.isVisible(span, walk)
            )
            if let last = runs.last, last.isContinued(by: run) {
                runs[runs.count - 1].count += run.count
            } else {
                runs.append(run)
            }
            guard run.isVisible, let change = node.change else { continue }
            let content = contents[number] ?? InsertedScalars(change)
            contents[number] = content
            utf8.append(contentsOf: content.utf8(of: span))
            scalarCount += Int(span.count)
        }
        return TextState(utf8: utf8, scalarCount: scalarCount, runs: runs)
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

/// The changes applied where the walk stands, as the ancestry of the change to come.
private struct WalkedAncestry: Ancestry {
    let graph: EventGraph
    let walk: Walk

    func isAncestor(_ change: ChangeID) -> Bool {
        graph.number(of: change).map { walk.applied[$0] } ?? false
    }

    func knows(_ character: CharacterID, in field: TextField) -> Bool {
        guard let number = graph.number(of: character.change), walk.applied[number] else {
            return false
        }
        return graph.nodes[number].textField(ofInserted: character.offset) == field
    }

    func value(of field: Field, setBy change: ChangeID) -> FieldValue? {
        isAncestor(change) ? graph.change(change)?.value(setFor: field) : nil
    }
}

extension ArticleState {
    /// The article after all changes of a graph.
    public init(replaying graph: EventGraph) {
        self = Replay.state(of: graph, in: graph.branchOrder())
    }

    /// The same by another walk: `order` holds the number of each change once, parents first.
    package init(replaying graph: EventGraph, inOrderOfArrival: Void) {
        self = Replay.state(of: graph, in: Array(0..<graph.count))
    }
}
