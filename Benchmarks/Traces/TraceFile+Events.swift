extension TraceFile {
    /// Transactions of a file that names parents by event: one that is gone on from in its middle
    /// is split there.
    static func transactions(
        byEvent txns: [TraceJSON.Transaction],
        _ ranks: [String: UInt32]
    ) throws(TraceError) -> [Transaction] {
        // Where a transaction ends although the file's goes on.
        let cuts = Set(txns.flatMap { $0.parents ?? [] }.map { $0 &+ 1 }).sorted()
        var result: [Transaction] = []
        /// By number in the result: its first event.
        var starts: [Int] = []
        var eventCount = 0
        for (number, txn) in txns.enumerated() {
            guard let span = txn.span, span.count == 2, let patches = txn.ops,
                let first = txn.seqStart, first < UInt64(Int64.max)
            else {
                throw TraceError(.malformed, "transaction \(number) lacks span, ops or seqStart")
            }
            var length = 0
            for patch in patches { length += try patch.eventCount(in: number) }
            guard span[0] == eventCount, span[1] >= span[0], span[1] - span[0] == length else {
                throw TraceError(
                    .inconsistent,
                    "transaction \(number) has the span \(span) with \(length) events after \(eventCount)"
                )
            }
            var parents: [Int] = []
            for event in txn.parents ?? [] {
                guard event >= 0, event < eventCount else {
                    throw TraceError(
                        .inconsistent,
                        "transaction \(number) goes on from event \(event), which does not come before it"
                    )
                }
                parents.append(starts.firstPlace { $0 > event } - 1)
            }
            var start = span[0]
            var rest = patches[...]
            repeat {
                let cut = cuts.firstPlace { $0 > start }
                let end = cut < cuts.count ? min(cuts[cut], span[1]) : span[1]
                result.append(
                    Transaction(
                        parents: parents,
                        agent: txn.agent?.rank(in: ranks) ?? 0,
                        sequence: first + UInt64(start - span[0]),
                        patches: Patch.takeEvents(end - start, from: &rest)
                    )
                )
                starts.append(start)
                parents = [result.count - 1]
                start = end
            } while start < span[1]
            eventCount = span[1]
        }
        return result
    }
}

extension TraceFile.Patch {
    /// Takes the first `count` events off `patches`; deletions of a patch come before insertions.
    static func takeEvents(
        _ count: Int,
        from patches: inout ArraySlice<TraceFile.Patch>
    ) -> [TraceFile.Patch] {
        var result: [TraceFile.Patch] = []
        var missing = count
        while missing > 0, let patch = patches.popFirst() {
            let scalars = patch.inserted.unicodeScalars
            let deleted = min(missing, patch.deletedCount)
            let inserted = min(missing - deleted, scalars.count)
            missing -= deleted + inserted
            result.append(
                TraceFile.Patch(
                    position: patch.position,
                    deletedCount: deleted,
                    inserted: String(scalars.prefix(inserted))
                )
            )
            guard deleted < patch.deletedCount || inserted < scalars.count else { continue }
            patches.insert(
                TraceFile.Patch(
                    position: patch.position + inserted,
                    deletedCount: patch.deletedCount - deleted,
                    inserted: String(scalars.dropFirst(inserted))
                ),
                at: patches.startIndex
            )
        }
        return result
    }
}

extension [Int] {
    /// The first place in an ascending array where `isPast` holds; the count where it never does.
    fileprivate func firstPlace(where isPast: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isPast(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension TraceFile.Transaction {
    /// The number of scalars deleted or inserted.
    var eventCount: UInt64 {
        patches.reduce(0) {
            $0 + UInt64($1.deletedCount) + UInt64($1.inserted.unicodeScalars.count)
        }
    }
}
