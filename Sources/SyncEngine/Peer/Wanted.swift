import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

/// What a peer wants of a replica's log, read bit by bit.
struct WantedEntries {
    private var reading: CausalReading?
    /// Entries wanted by name, the next one last.
    private var ids: [ChangeSetID] = []

    /// Nothing.
    init() {}

    /// What `wants` asks for, as far as it is in the log.
    init(_ wants: Wants, in replica: Replica) throws {
        reading = try replica.beginReading(try replica.spans(of: wants.chains))
        ids = wants.ids.reversed()
    }

    var isAtEnd: Bool { reading?.isAtEnd ?? true && ids.isEmpty }

    /// The next entries; one at least, unless there is none.
    mutating func next(from replica: Replica, byteCount: Int) throws -> [Entry] {
        if var reading, !reading.isAtEnd {
            let entries = try replica.nextEntries(
                of: &reading,
                sizeMax: byteCount,
                countMax: ProtocolLimits.runEntryCountMax
            )
            self.reading = reading
            return entries.map { Entry($0) }
        }
        var entries: [Entry] = []
        var size = 0
        while size < byteCount, entries.count < ProtocolLimits.runEntryCountMax,
            let id = ids.popLast()
        {
            guard let entry = try replica.wholeEntry(id) else { continue }
            size += entry.changeSet.bytes.count + (entry.body?.count ?? 0)
            entries.append(entry)
        }
        return entries
    }
}

extension Replica {
    /// The entry `id` if it is here and what was signed: who repairs their log must not be given
    /// what is damaged as well.
    fileprivate func wholeEntry(_ id: ChangeSetID) throws -> Entry? {
        let stored: StoredEntry?
        do throws(ReplicaError) {
            stored = try entry(id)
        } catch {
            guard error.code == .damaged else { throw error }
            return nil
        }
        guard let stored, (try? SignedChangeSet(decoding: stored.signed.bytes))?.id == id else {
            return nil
        }
        if let reference = stored.signed.header.body {
            guard let body = stored.body, body.count == reference.size,
                ChangeIdentity.body(body) == reference.hash
            else { return nil }
        }
        return Entry(stored)
    }

    /// The ends of all branches as things to compare.
    func frontierItems(salt: [UInt8]) throws -> SortedItems {
        SortedItems(
            try frontier().map {
                RangeItem(chain: $0.chain, sequence: $0.sequence, id: $0.id, level: .frontier)
            },
            salt: salt
        )
    }

    /// What to ask a peer for that has these ends of branches, which this replica's frontier has
    /// not: those it does not hold at all, with entries of their chains that it holds.
    func wants(for lacking: [RangeItem]) throws -> [WantedChain] {
        var heads: [(chain: ChainID, marks: [Mark])] = []
        for item in lacking.sorted() where try !holds(item.mark, of: item.chain) {
            if let last = heads.last, last.chain == item.chain, last.marks.count < 64 {
                heads[heads.count - 1].marks.append(item.mark)
            } else {
                heads.append((item.chain, [item.mark]))
            }
        }
        return try heads.map { chain, marks in
            // The closest ones come last.
            let locators = try locators(ofChain: chain).suffix(Self.locatorCountMax)
            return WantedChain(chain: chain, heads: marks, locators: locators.map(\.mark))
        }
    }

    /// The parts of chains that a peer wants, one a chain; what is not here is left out.
    func spans(of wants: [WantedChain]) throws -> [ChainSpan] {
        var spans: [ChainID: ChainSpan] = [:]
        for wanted in wants {
            var known: Set<ChangeSetID> = []
            for locator in wanted.locators {
                for id in try entryIDs(ofChain: wanted.chain, at: locator.position)
                where id.bytes.starts(with: locator.prefix) {
                    known.insert(id)
                }
            }
            for head in wanted.heads {
                for id in try entryIDs(ofChain: wanted.chain, at: head.position)
                where id.bytes.starts(with: head.prefix) {
                    let end = ChainPosition(
                        chain: wanted.chain,
                        sequence: head.position,
                        id: id
                    )
                    guard let span = try span(to: end, known: known) else { continue }
                    spans[wanted.chain] = spans[wanted.chain]?.joined(with: span) ?? span
                }
            }
        }
        // In one order, so that the same session goes the same way each time.
        return spans.values.sorted { $0.chain < $1.chain }
    }

    private func holds(_ mark: Mark, of chain: ChainID) throws -> Bool {
        try entryIDs(ofChain: chain, at: mark.position)
            .contains { $0.bytes.starts(with: mark.prefix) }
    }

    private static var locatorCountMax: Int { 512 }
}
