public import ArticleModel

/// An article as it stands after all changes of its graph: a pure function of that graph.
///
/// Made by replaying a graph, or by appending a change that goes on from exactly the heads, which
/// needs no history; both give equal states, in whatever order the changes arrived.
public struct ArticleState: Hashable, Sendable {
    /// The change the article began with.
    public let seed: ChangeID
    /// Where the seed came from; nil where it was made by hand.
    public let provenance: Provenance?
    /// The changes without fault that no other such change has as a parent, sorted.
    public internal(set) var heads: [ChangeID]
    /// The fields that were ever set, in order.
    public internal(set) var fields: [FieldRegister]
    /// The article's tags.
    public internal(set) var tags: TagSet
    /// The summary.
    public internal(set) var summary: TextState
    /// The body.
    public internal(set) var body: TextState
    /// The annotations.
    public internal(set) var notes: NoteSet
    /// The latest deletions of the article that were not taken back, sorted.
    public internal(set) var deletions: [ChangeID]
    /// Whether the article is deleted: one of `deletions` knew each edit.
    public internal(set) var isDeleted: Bool
    /// The changes without effect, in order of id.
    public internal(set) var faults: [FaultyChange]

    /// A state as it was stored, part by part.
    public init(
        seed: ChangeID,
        provenance: Provenance?,
        heads: [ChangeID],
        fields: [FieldRegister],
        tags: TagSet,
        summary: TextState,
        body: TextState,
        notes: NoteSet,
        deletions: [ChangeID],
        isDeleted: Bool,
        faults: [FaultyChange]
    ) {
        self.seed = seed
        self.provenance = provenance
        self.heads = heads.sorted()
        self.fields = fields.sorted { $0.field < $1.field }
        self.tags = tags
        self.summary = summary
        self.body = body
        self.notes = notes
        self.deletions = deletions.sorted()
        self.isDeleted = isDeleted
        self.faults = faults.sorted { $0.change < $1.change }
    }

    /// The article that `seed` begins, fresh.
    public init(seed: Change) throws(MergeError) {
        guard case .seed(let content) = seed.content else {
            throw MergeError(.notASeed, "change \(seed.id) is no seed: an article begins with one")
        }
        guard seed.permission >= .edit else {
            throw MergeError(.notASeed, "seed \(seed.id) comes without the right to edit")
        }
        self.init(seeded: content, by: seed)
        let bodyOffset = UInt32(clamping: content.summary.scalarCount)
        summary = TextState(seeded: content.summary, by: seed.id, from: 0)
        body = TextState(seeded: content.body, by: seed.id, from: bodyOffset)
    }

    /// A fresh article but for its texts; without what a seed that is void says of it.
    init(seeded content: Seed, by change: Change, isVoid: Bool = false) {
        let stamp = change.stamp
        seed = change.id
        provenance = content.provenance
        heads = [change.id]
        fields =
            isVoid
            ? []
            : content.fields.map {
                FieldRegister(field: $0.field, register: Register($0.value, stamp: stamp))
            }
        tags = TagSet()
        summary = TextState()
        body = TextState()
        notes = NoteSet()
        deletions = []
        isDeleted = false
        faults = []
    }

    /// The article.
    public var article: ArticleID { seed.prefix16(as: ArticleID.self) }

    /// One of the article's texts.
    public func text(of field: TextField) -> TextState {
        switch field {
        case .summary: summary
        case .body: body
        }
    }

    /// The values of a field, or nil where it was never set.
    public func register(of field: Field) -> Register<FieldValue>? {
        let place = fields.sortedIndex(notBefore: { $0.field < field })
        return place < fields.endIndex && fields[place].field == field
            ? fields[place].register : nil
    }

    /// The value of a field to show.
    public func shownValue(of field: Field) -> FieldValue {
        register(of: field)?.shown ?? .absent
    }

    /// The fields that people set to different values at the same time.
    public var conflictedFields: [Field] {
        fields.filter(\.register.isConflicted).map(\.field)
    }

    /// Whether someone deleted the article while others edited it: it stays, and says so.
    public var isDeletionOverridden: Bool { !deletions.isEmpty && !isDeleted }

    mutating func set(
        _ value: FieldValue,
        for field: Field,
        stamp: Stamp,
        isAncestor: (ChangeID) -> Bool
    ) {
        let place = fields.sortedIndex(notBefore: { $0.field < field })
        if place < fields.endIndex, fields[place].field == field {
            fields[place].register.set(value, stamp: stamp, isAncestor: isAncestor)
        } else {
            let register = Register(value, stamp: stamp)
            fields.insert(FieldRegister(field: field, register: register), at: place)
        }
    }

    mutating func record(_ fault: Fault, of change: ChangeID) {
        let place = faults.sortedIndex(notBefore: { $0.change < change })
        if place < faults.endIndex, faults[place].change == change { return }
        faults.insert(FaultyChange(change: change, fault: fault), at: place)
    }

    func isFaulty(_ change: ChangeID) -> Bool {
        let place = faults.sortedIndex(notBefore: { $0.change < change })
        return place < faults.endIndex && faults[place].change == change
    }
}
