public import ArticleModel

/// The part of a change set that touches one article, with what its header says of it.
public struct Change: Hashable, Sendable {
    /// What it is known by.
    public let id: ChangeID
    /// What it does.
    public let content: ChangeSetBody.Change
    /// Who made it.
    public let author: UserID
    /// The device that signed it.
    public let device: DeviceKey
    /// The chain its change set is an entry of.
    public let chain: ChainID
    /// The place of its change set in that chain.
    public let sequence: UInt64
    /// The logical time of its change set.
    public let lamport: UInt64
    /// The author's clock, in milliseconds since 1970; decides nothing.
    public let timeMilliseconds: Int64
    /// The class of rights its change set claims for this article.
    public let permission: PermissionClass

    /// A change as found in a change set.
    public init(
        id: ChangeID,
        content: ChangeSetBody.Change,
        author: UserID,
        device: DeviceKey,
        chain: ChainID,
        sequence: UInt64,
        lamport: UInt64,
        timeMilliseconds: Int64,
        permission: PermissionClass
    ) {
        self.id = id
        self.content = content
        self.author = author
        self.device = device
        self.chain = chain
        self.sequence = sequence
        self.lamport = lamport
        self.timeMilliseconds = timeMilliseconds
        self.permission = permission
    }

    /// The changes it goes on from; none for a seed.
    public var parents: [ChangeID] {
        switch content {
        case .seed: []
        case .edit(let parents, _): parents
        }
    }

    /// Its steps in order; none for a seed.
    public var operations: [Operation] {
        switch content {
        case .seed: []
        case .edit(_, let operations): operations
        }
    }

    /// Its place in the order that settles ties.
    ///
    /// A seed's carriers differ in author, chain and time, and which of them a replica meets first
    /// is chance, so none of that is in a seed's stamp.
    public var stamp: Stamp {
        switch content {
        case .seed:
            Stamp(lamport: 0, chain: id.prefix16(as: ChainID.self), sequence: 0, change: id)
        case .edit:
            Stamp(lamport: lamport, chain: chain, sequence: sequence, change: id)
        }
    }
}

/// Which text some of the scalars that a change inserted went to.
struct Insertion: Sendable {
    let field: TextField
    /// The offset after the last of them.
    let end: Int
}

extension Change {
    /// The scalars it inserts, in the order of its operations: a character's offset counts in them.
    var insertedTexts: [(field: TextField, text: ScalarText)] {
        switch content {
        case .seed(let seed):
            TextField.allCases.map { ($0, seed.text(of: $0)) }
        case .edit(_, let operations):
            operations.compactMap { operation in
                if case .insert(let field, _, let text) = operation { (field, text) } else { nil }
            }
        }
    }

    /// Its insertions in order, each with the offset after its last scalar.
    var insertions: [Insertion] {
        var end = 0
        return insertedTexts.map { field, text in
            end += text.scalarCount
            return Insertion(field: field, end: end)
        }
    }

    /// The value it leaves in a register, or nil where it sets none.
    func value(setFor field: Field) -> FieldValue? {
        switch content {
        case .seed(let seed):
            return seed.fields.first { $0.field == field }?.value
        case .edit(_, let operations):
            for operation in operations.reversed() {
                if case .set(field, let value) = operation { return value }
            }
            return nil
        }
    }
}
