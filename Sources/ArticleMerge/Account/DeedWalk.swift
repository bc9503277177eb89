internal import ArticleModel

/// A walk over an event graph that stops at each change to look at the text it was made on.
struct DeedWalk: ~Copyable {
    private(set) var replay: Replay<TrackedTexts>
    private var contents: [InsertedScalars?]

    /// Begins at the seed.
    init(_ graph: EventGraph) {
        replay = Replay(graph)
        contents = [InsertedScalars?](repeating: nil, count: graph.count)
    }

    /// Goes to the version of a change's parents, all of which were visited; false where one of
    /// them has no effect, and so the change has none.
    mutating func move(to change: Change) -> Bool { replay.move(toVersion: change.parents) }

    /// Takes in a change whose parents were visited; false where it has no effect.
    @discardableResult
    mutating func visit(_ number: Int) -> Bool {
        replay.visit(number)
        return replay.texts.applied[number]
    }

    /// Goes to the version of all changes visited.
    mutating func moveToEnd() { _ = replay.move(toVersion: replay.headIDs) }

    /// A text at the version walked.
    mutating func text(of field: TextField) -> TextState { replay.text(of: field) }

    /// The scalar at a place of the version walked; nil beside the text.
    mutating func scalar(_ field: TextField, _ position: Int) -> Unicode.Scalar? {
        guard let (change, offset) = replay.texts.character(at: position, in: field) else {
            return nil
        }
        return scalar(offset, of: change)
    }

    /// The scalars of a range of the version walked.
    mutating func scalars(_ field: TextField, _ range: Range<Int>) -> [Unicode.Scalar] {
        range.compactMap { scalar(field, $0) }
    }

    private mutating func scalar(_ offset: UInt32, of number: Int) -> Unicode.Scalar? {
        if contents[number] == nil, let change = replay.graph.nodes[number].change {
            contents[number] = InsertedScalars(change)
        }
        guard let bytes = contents[number]?.utf8(offset, count: 1) else { return nil }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.first
    }
}
