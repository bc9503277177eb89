public import ArticleModel

extension TextGraph {
    /// The graph of one text of an article; `faults` are the changes of it without effect.
    public init(
        _ graph: EventGraph,
        field: TextField,
        faults: [FaultyChange]
    ) {
        var left = Set(faults.map(\.change))
        var changes: [Change] = []
        changes.reserveCapacity(graph.count)
        for change in graph.changes where !left.contains(change.id) {
            // What a void change is faulty for nobody is told; what goes on from it has no effect.
            let parents = change.parents
            guard parents.allSatisfy({ !left.contains($0) && graph.change($0) != nil }) else {
                left.insert(change.id)
                continue
            }
            changes.append(Change(change, field: field, isVoid: graph.isVoid(change.id)))
        }
        guard let result = TextGraph(field: field, changes: changes) else {
            fatalError("the changes of a graph come after their parents, each once")
        }
        self = result
    }
}

extension TextGraph.Change {
    fileprivate init(_ change: Change, field: TextField, isVoid: Bool) {
        let stamp = change.stamp
        var steps: [TextGraph.Step] = []
        var closes: [ConflictKey] = []
        switch change.content {
        case .seed(let seed):
            let offset = field == .summary ? 0 : UInt32(clamping: seed.summary.scalarCount)
            let text = seed.text(of: field)
            if !text.isEmpty { steps = [.insert(position: 0, text: text, offset: offset)] }
        case .edit(_, let operations):
            var offset: UInt32 = 0
            for operation in operations {
                switch operation {
                case .insert(let other, let position, let text):
                    if other == field {
                        steps.append(.insert(position: position, text: text, offset: offset))
                    }
                    offset += UInt32(clamping: text.scalarCount)
                case .delete(field, let position, let count):
                    steps.append(.delete(position: position, count: count))
                case .revive(field, let ranges): steps.append(.revive(ranges))
                case .close(field, let keys): closes += keys
                default: break
                }
            }
        }
        self.init(
            id: change.id,
            chain: stamp.chain,
            sequence: stamp.sequence,
            lamport: stamp.lamport,
            parents: change.parents,
            steps: steps,
            closes: closes,
            isVoid: isVoid
        )
    }
}
