public import ArticleMerge
internal import ArticleModel

extension TraceFile {
    /// The trace as changes to the body of an article that begins empty, parents first.
    ///
    /// A sequential trace makes one change of each `batchSize` transactions; in others each
    /// transaction is a change. Agents become chains that compare as they do.
    public func changes(batchSize: Int = 1) -> (seed: Change, edits: [Change]) {
        let seed = Change(
            id: identifier(0),
            content: .seed(
                Seed(nonce: nil, fields: [], summary: "", body: "", provenance: nil)
            ),
            agent: 0,
            sequence: 0,
            lamport: 0
        )
        var edits: [Change] = []
        let size = isSequential ? max(1, batchSize) : 1
        for (index, first) in stride(from: 0, to: transactions.count, by: size).enumerated() {
            let batch = transactions[first..<min(first + size, transactions.count)]
            let parents =
                isSequential
                ? (index > 0 ? [index - 1] : []) : Set(transactions[first].parents).sorted()
            let ids = parents.isEmpty ? [seed.id] : parents.map { identifier(UInt64($0) + 1) }
            edits.append(
                Change(
                    id: identifier(UInt64(index) + 1),
                    content: .edit(
                        parents: ids.sorted(),
                        operations: batch.flatMap { $0.patches.flatMap(\.operations) }
                    ),
                    agent: transactions[first].agent,
                    sequence: transactions[first].sequence,
                    lamport: UInt64(index) + 1
                )
            )
        }
        return (seed, edits)
    }

    /// The trace as an event graph.
    public func graph() throws -> EventGraph {
        let (seed, edits) = changes()
        var graph = try EventGraph(seed: seed)
        for edit in edits { try graph.insert(edit) }
        return graph
    }
}

extension TraceFile.Patch {
    var operations: [ArticleModel.Operation] {
        var result: [ArticleModel.Operation] = []
        if deletedCount > 0 {
            result.append(.delete(.body, position: position, count: deletedCount))
        }
        if !inserted.isEmpty, let text = ScalarText(inserted) {
            result.append(.insert(.body, position: position, text: text))
        }
        return result
    }
}

extension Change {
    init(
        id: ChangeID,
        content: ChangeSetBody.Change,
        agent: UInt32,
        sequence: UInt64,
        lamport: UInt64
    ) {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: agent >> (24 - 8 * $0)) }
        guard let chain = ChainID(bytes + [UInt8](repeating: 0, count: 12)),
            let author = UserID(chain.bytes), let device = DeviceKey(chain.bytes + chain.bytes)
        else { fatalError("an identifier of the wrong size") }
        self.init(
            id: id,
            content: content,
            author: author,
            device: device,
            chain: chain,
            sequence: sequence,
            lamport: lamport,
            timeMilliseconds: 0,
            permission: .edit
        )
    }
}

/// An identifier that looks as random as a hash, for a number.
private func identifier(_ number: UInt64) -> ChangeID {
    var bytes: [UInt8] = []
    for word in 0..<4 {
        var bits = (number &* 4 &+ UInt64(word)) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    }
    guard let id = ChangeID(bytes) else { fatalError("32 bytes make an identifier") }
    return id
}
