internal import ArticleModel

/// A walk over a whole event graph that ends with the article's state.
struct Replay<Texts: TextWalk & ~Copyable>: ~Copyable {
    private(set) var graph: EventGraph
    var texts: Texts
    /// The heads of the version walked.
    var version: [Int] = []
    /// The changes without fault that no other such change goes on from.
    var heads: [Int] = []
    var deletion: DeletionRecord
    var isFaulty: [Bool]
    var state: ArticleState
    /// Those of void changes included, once there is one that says something of notes.
    private var knownNotes: NoteSet?
    /// By number of a void change: the valid changes it goes on from, with void ones between.
    private var validParents: [Int: [Int]] = [:]
    /// Whether the texts in `state` are those after all changes visited.
    var hasTexts = false
    /// What the change inserted last did to these texts, where that is so.
    private(set) var shownEdits = ShownEdits()

    init(_ graph: EventGraph) {
        self.graph = graph
        texts = Texts(graph)
        let isVoid = graph.isVoid(number: 0)
        deletion = DeletionRecord(seed: isVoid ? nil : graph.seed)
        isFaulty = [Bool](repeating: false, count: graph.count)
        guard let seed = graph.nodes[0].change, case .seed(let content) = seed.content else {
            fatalError("an event graph begins with a seed")
        }
        state = ArticleState(seeded: content, by: seed, isVoid: isVoid)
        texts.plant(content)
        version = [0]
        heads = isVoid ? [] : [0]
        if isVoid { validParents[0] = [] }
    }

    /// The state after all changes, visited in `order`, a topological one.
    static func state(of graph: EventGraph, in order: [Int]) -> ArticleState {
        var replay = Replay(graph)
        for number in order where number > 0 { replay.visit(number) }
        return replay.finish()
    }

    /// Takes in a change that goes on from those visited.
    mutating func visit(_ number: Int) {
        let node = graph.nodes[number]
        if let fault = fault(of: node) ?? apply(number, node) {
            isFaulty[number] = true
            if !graph.isVoid(number: number) { state.record(fault, of: node.id) }
        }
    }

    /// Takes in a change whose parents were visited.
    mutating func insert(_ change: Change) throws(MergeError) {
        guard try graph.insert(change) else { return }
        extend()
    }

    /// Says which changes are void, of which none was visited, nor was any that is no longer.
    mutating func setVoid(_ changes: Set<ChangeID>) { graph.setVoid(changes) }

    /// Takes in a change found faulty before it came here.
    mutating func insert(_ faulty: FaultyChange) {
        guard graph.insert(faulty) else { return }
        extend()
    }

    private mutating func extend() {
        texts.extend(to: graph)
        isFaulty.append(false)
        follow(graph.count - 1)
    }

    /// Visits a change and does to the texts what it does, where they are at hand.
    mutating func follow(_ number: Int) {
        shownEdits = ShownEdits()
        let hadTexts = hasTexts
        hasTexts = false
        // What void changes hide is found for a text as a whole only.
        texts.keepsEdits = hadTexts && !graph.holdsVoids
        visit(number)
        if hadTexts {
            // A fault alters no text.
            hasTexts = isFaulty[number] || applyEdits()
        }
        texts.keepsEdits = false
    }

    /// Does to the texts what the change visited last did; false where they have to be made anew.
    private mutating func applyEdits() -> Bool {
        guard let edits = texts.edits else { return false }
        for edit in edits {
            guard state.apply(edit, &shownEdits) else { return false }
        }
        return true
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
        if let fault = (knownNotes ?? state.notes).faultOfNotes(in: change, ancestry) {
            return fault
        }
        if let fault = texts.apply(change, number, in: graph) { return fault }
        version = [number]
        let parents = validParents(of: node)
        if graph.isVoid(number: number) {
            validParents[number] = parents
            if change.operations.contains(where: \.isAboutNotes) {
                knownNotes = knownNotes ?? state.notes
            }
        } else {
            heads.removeAll { parents.contains($0) }
            heads.append(number)
            applyAllButTexts(of: change)
        }
        if knownNotes != nil { applyNotes(of: change) }
        return nil
    }

    private func validParents(of node: EventGraph.Node) -> [Int] {
        guard graph.holdsVoids else { return node.parents }
        return node.parents.flatMap { graph.isVoid(number: $0) ? validParents[$0] ?? [] : [$0] }
    }

    private mutating func applyNotes(of change: Change) {
        let ancestry = ancestry
        var made: UInt32 = 0
        for operation in change.operations {
            knownNotes?.apply(operation, of: change, made: &made, isAncestor: ancestry.isAncestor)
        }
    }

    /// What the changes applied where the walk stands give a change to go on from.
    ///
    /// To be dropped before the walk moves, or moving copies it.
    private var ancestry: WalkedAncestry { WalkedAncestry(graph: graph, applied: texts.applied) }

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

    private mutating func move(to heads: [Int]) {
        guard heads != version else { return }
        // Each branch that goes on is left standing, so that branches which take turns need not be
        // taken back for each other.
        if !texts.turn(from: version, to: heads) {
            let (retreat, advance) = graph.difference(from: version, to: heads)
            if !retreat.isEmpty { texts.part(at: version, for: retreat.count + advance.count) }
            texts.move(retreat: retreat, advance: advance)
        }
        version = heads
    }

    /// Goes to a version given by its heads; false where one is unknown or has no effect.
    mutating func move(toVersion version: [ChangeID]) -> Bool {
        var numbers: [Int] = []
        for id in version {
            guard let number = graph.number(of: id), !isFaulty[number] else { return false }
            numbers.append(number)
        }
        guard !numbers.isEmpty else { return false }
        move(to: numbers)
        return true
    }

    /// The number of a change that is part of the version walked.
    func number(of change: ChangeID) -> Int? {
        guard let number = graph.number(of: change), texts.applied[number] else { return nil }
        return number
    }

    /// A text at the version walked.
    mutating func text(of field: TextField) -> TextState { texts.text(of: field, in: graph) }

    /// The heads of all changes visited so far, sorted.
    var headIDs: [ChangeID] { heads.map { graph.nodes[$0].id }.sorted() }

    /// The state after all changes visited so far.
    mutating func finish() -> ArticleState {
        state.heads = headIDs
        state.deletions = deletion.standing
        state.isDeleted = deletion.isDeleted
        makeTexts()
        return state
    }

    /// Has the texts after all changes visited at hand, made anew where they are not.
    mutating func makeTexts() {
        guard !hasTexts else { return }
        move(to: heads)
        for field in TextField.allCases { state[field] = texts.text(of: field, in: graph) }
        hasTexts = true
    }
}

/// The changes applied where the walk stands, as the ancestry of the change to come.
private struct WalkedAncestry: Ancestry {
    let graph: EventGraph
    let applied: [Bool]

    func isAncestor(_ change: ChangeID) -> Bool {
        graph.number(of: change).map { applied[$0] } ?? false
    }

    func knows(_ character: CharacterID, in field: TextField) -> Bool {
        guard let number = graph.number(of: character.change), applied[number] else {
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
        if TrackedTexts.canWalk(graph) {
            if var replay = Replay<TrackedTexts>.byZones(graph) {
                self = replay.finish()
            } else {
                self = Replay<TrackedTexts>.state(of: graph, in: graph.branchOrder())
            }
        } else {
            self = Replay<PlainTexts>.state(of: graph, in: graph.branchOrder())
        }
    }

    /// The same by one walk over all changes.
    package init(replayingAtOnce graph: EventGraph) {
        self = Replay<TrackedTexts>.state(of: graph, in: graph.branchOrder())
    }

    /// The same by another walk, in the order in which the changes came.
    package init(replaying graph: EventGraph, inOrderOfArrival: Void) {
        self = Replay<TrackedTexts>.state(of: graph, in: Array(0..<graph.count))
    }

    /// The same by a plain walk, to check the fast one by.
    package init(replayingPlainly graph: EventGraph) {
        self = Replay<PlainTexts>.state(of: graph, in: graph.branchOrder())
    }
}
