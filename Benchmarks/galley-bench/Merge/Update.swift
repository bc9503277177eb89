import ArticleMerge
import ArticleModel
import EditingTraces

/// One transaction as it travels: the body of a change set.
///
/// Its identifier, author and place are in the change set's header, which is read before.
struct Update {
    let id: ChangeID
    let agent: UInt32
    let sequence: UInt64
    let body: [UInt8]

    /// None where a transaction is too large for a change set.
    static func updates(of trace: TraceFile) -> [Update] {
        let (_, edits) = trace.changes()
        guard edits.allSatisfy({ $0.operations.count <= Limits.operationCountMax }) else {
            return []
        }
        let updates = edits.map {
            Update(
                id: $0.id,
                agent: trace.transactions[Int($0.lamport) - 1].agent,
                sequence: $0.sequence,
                body: BodyCodec.encode(ChangeSetBody(changes: [$0.content]))
            )
        }
        return updates.allSatisfy { $0.body.count <= Limits.bodySizeMax } ? updates : []
    }

    /// Decodes and merges updates as they arrive.
    static func merge(_ updates: ArraySlice<Update>) throws -> [UInt8] {
        var document = TextDocument()
        var numbers: [ChangeID: Int] = [:]
        for update in updates {
            var patches: [TextDocument.Patch] = []
            var parents: [Int] = []
            for case .edit(let ids, let operations) in try BodyCodec.decode(update.body).changes {
                for operation in operations {
                    switch operation {
                    case .insert(_, let position, let text):
                        patches.append(
                            TextDocument.Patch(position: position, deletedCount: 0, inserted: text)
                        )
                    case .delete(_, let position, let count):
                        patches.append(
                            TextDocument.Patch(
                                position: position,
                                deletedCount: count,
                                inserted: ""
                            )
                        )
                    default: continue
                    }
                }
                // The first of all go on from the empty article, which has no number.
                for id in ids {
                    if let number = numbers[id] { parents.append(number) }
                }
            }
            numbers[update.id] = try document.merge(
                patches,
                parents: parents,
                agent: update.agent,
                sequence: update.sequence
            )
        }
        return document.utf8
    }
}
