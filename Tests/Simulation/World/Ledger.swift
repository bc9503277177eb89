import ArticleModel
import Membership
import ReplicaStore

/// What was promised in a world, to be held against what is there.
struct Ledger {
    /// A change set of an honest user's, of which the user was told that it is stored.
    struct Commit {
        let id: ChangeSetID
        let library: Int
        let client: Int
        /// Whether it has to be on the machine it was made on.
        var isLocal = true
    }

    /// A place on a chain.
    struct Place: Hashable {
        let chain: ChainID
        let sequence: UInt64
    }

    /// All that users were told is stored and that nothing has excused since, in order.
    private(set) var commits: [Commit] = []
    /// Who was told to stand at each place of a chain.
    private var places: [Place: ChangeSetID] = [:]
    /// The chains on which a device may have signed twice, as it could not know better.
    var forkedChains: Set<ChainID> = []
    /// What the hub told of its order, by library: the accumulator at a position.
    private var accumulators: [Int: [UInt64: [UInt8]]] = [:]
    private var lastPositions: [Int: UInt64] = [:]

    /// A user was told that an entry is stored.
    mutating func committed(
        _ id: ChangeSetID,
        _ header: ChangeSetHeader,
        _ library: Int,
        _ client: Client
    )
        throws
    {
        try signed(id, header)
        commits.append(Commit(id: id, library: library, client: client.number))
    }

    /// An honest device's entry was seen.
    mutating func signed(_ id: ChangeSetID, _ header: ChangeSetHeader) throws {
        let place = Place(chain: header.chain, sequence: header.sequence)
        guard let known = places.updateValue(id, forKey: place), known != id else { return }
        guard !forkedChains.contains(header.chain) else { return }
        throw Violation(
            "sequence \(header.sequence) of chain \(header.chain.handle.prefix(8)) was used twice:"
                + " \(known.handle.prefix(8)) and \(id.handle.prefix(8))"
        )
    }

    /// What may be gone after somebody went back in time, and is: nobody can ask for it any more.
    mutating func excuse(_ isGone: (Commit) -> Bool) { commits.removeAll(where: isGone) }

    /// A client's replica was set back to what it held before.
    mutating func setBack(_ client: Int, _ library: Int, to held: Set<ChangeSetID>) {
        for index in commits.indices
        where commits[index].client == client && commits[index].library == library {
            if !held.contains(commits[index].id) { commits[index].isLocal = false }
        }
    }

    /// A client was told how far the hub's log goes.
    ///
    /// False where it is not what another was told.
    mutating func heard(_ head: LogHead, _ library: Int) -> Bool {
        if let known = accumulators[library]?[head.position] { return known == head.accumulator }
        accumulators[library, default: [:]][head.position] = head.accumulator
        lastPositions[library] = max(lastPositions[library] ?? 0, head.position)
        return true
    }

    /// The furthest anybody was told the hub's log goes.
    func told(_ library: Int) -> LogHead? {
        guard let position = lastPositions[library],
            let accumulator = accumulators[library]?[position]
        else { return nil }
        return LogHead(position: position, accumulator: accumulator)
    }

    /// The furthest that anybody was told and that holds in the hub's order as it is now; 0 for nothing.
    func agreed(_ library: Int, with holds: (LogHead) throws -> Bool) rethrows -> UInt64 {
        let heads = (accumulators[library] ?? [:]).map { LogHead(position: $0, accumulator: $1) }
        return try heads.sorted { $0.position > $1.position }.first(where: holds)?.position ?? 0
    }

    /// The hub has gone back in time to `position`, or shows different orders from there on.
    mutating func rewound(_ library: Int, to position: UInt64) {
        accumulators[library] = accumulators[library]?.filter { $0.key <= position }
        lastPositions[library] = accumulators[library]?.keys.max()
    }
}
