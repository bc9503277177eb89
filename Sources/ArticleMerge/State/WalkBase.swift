internal import ArticleModel

/// The texts at a critical version, with which a walk began.
///
/// Nothing before that version is concurrent with anything after it, so what matters of it is its
/// text: the characters of the raw text, numbered from ``TrackedSpan/firstOfBase`` on.
struct WalkBase {
    /// The number of the change that is the version's head.
    let number: Int
    let summary: TextState
    let body: TextState

    private func text(of field: TextField) -> TextState {
        switch field {
        case .summary: summary
        case .body: body
        }
    }

    /// What a character is known by, and how many from it on go by the next names.
    func name(of character: UInt32, in field: TextField) -> (id: CharacterID, count: UInt32)? {
        let position = Int(character - TrackedSpan.firstOfBase)
        guard let found = text(of: field).tree.run(at: position, .raw) else { return nil }
        let inside = UInt32(position - found.raw)
        let id = CharacterID(change: found.run.change, offset: found.run.offset + inside)
        return (id, found.run.count - inside)
    }

    /// The numbers of characters of the raw text; nil where one of them is not in it.
    func characters(_ range: CharacterRange, in field: TextField) -> [Range<UInt32>]? {
        var result: [Range<UInt32>] = []
        var offset = range.offset
        let end = range.offset + range.count
        while offset < end {
            let character = CharacterID(change: range.change, offset: offset)
            guard let found = text(of: field).tree.run(of: character), found.run.isAlive else {
                return nil
            }
            let inside = offset - found.run.offset
            let count = min(end - offset, found.run.count - inside)
            let first = TrackedSpan.firstOfBase + UInt32(found.raw) + inside
            result.append(first..<first + count)
            offset += count
        }
        return result
    }
}

extension TrackedTexts {
    /// Forgets what was walked, to go on from a critical version.
    mutating func restart(at base: WalkBase) {
        summary.restart(baseCount: base.summary.rawCount, firstChange: base.number + 1)
        body.restart(baseCount: base.body.rawCount, firstChange: base.number + 1)
        self.base = base
        summary.walk(in: 0)
        body.walk(in: 0)
        standing = [StandingVersion()]
        slot = 0
    }
}

extension Replay where Texts == TrackedTexts {
    /// Walks a graph from one critical version to the next, with the state at the last as the start
    /// of what lies between.
    ///
    /// Changes that follow each other never come to a walk. Nil where a change says something that
    /// cannot be told so: it revives characters deleted before the critical version, or is void.
    static func byZones(_ graph: EventGraph) -> Replay<TrackedTexts>? {
        guard !graph.holdsVoids, let seed = graph.nodes[0].change,
            let start = try? ArticleState(seed: seed)
        else { return nil }
        var replay = Replay<TrackedTexts>(graph)
        replay.state = start
        replay.hasTexts = true
        guard replay.walkZones() else { return nil }
        return replay
    }

    private mutating func walkZones() -> Bool {
        var done = 0
        for critical in graph.criticalNumbers() where critical > 0 {
            guard advance(from: done, to: critical) else { return false }
            done = critical
        }
        return walk(done + 1..<graph.count, after: done)
    }

    /// Goes from one critical version to the next.
    private mutating func advance(from base: Int, to critical: Int) -> Bool {
        if critical == base + 1, let change = graph.nodes[critical].change,
            state.canAppend(change)
        {
            // Cannot fail: that was asked.
            _ = try? state.append(change)
            texts.applied[critical] = true
        } else {
            guard walk(base + 1..<critical + 1, after: base) else { return false }
            state = finish()
        }
        // A fault may have left other heads, or that of a change further back.
        return state.heads == [graph.nodes[critical].id]
    }

    private mutating func walk(_ numbers: Range<Int>, after base: Int) -> Bool {
        rebase(at: base)
        for number in graph.branchOrder(of: numbers) {
            follow(number)
            guard hasTexts, !texts.lacksHistory else { return false }
        }
        return true
    }

    private mutating func rebase(at number: Int) {
        texts.restart(at: WalkBase(number: number, summary: state.summary, body: state.body))
        deletion = DeletionRecord(resuming: state)
        version = [number]
        heads = [number]
    }
}
