internal import ArticleModel

/// The texts of an article while its event graph is walked.
///
/// What is applied makes up the version walked; it begins with nothing. There are two of them, a
/// plain one to check the other by.
protocol TextWalk: ~Copyable {
    /// Begins a walk over the changes in `graph`.
    init(_ graph: EventGraph)

    /// Makes ready for the last change of `graph`, which came after the walk began.
    mutating func extend(to graph: EventGraph)

    /// Applies the seed.
    mutating func plant(_ seed: Seed)

    /// By number of change: whether it is part of the version walked.
    var applied: [Bool] { get }

    /// Takes back changes and adds others that were applied before.
    mutating func move(retreat: [Int], advance: [Int])

    /// Goes to where it was left standing at a version, and leaves this one, `from`, standing;
    /// false where it stands nowhere there.
    mutating func turn(from version: [Int], to heads: [Int]) -> Bool

    /// Leaves this version standing and goes on in a copy of it, where that is worth it for a move
    /// over so many changes.
    mutating func part(at version: [Int], for changeCount: Int)

    /// Applies a change of good form whose parents make up the version walked; where it is faulty,
    /// says so and leaves no effect of it.
    mutating func apply(_ change: Change, _ number: Int, in graph: EventGraph) -> Fault?

    /// Whether to say of the changes to come what they do to the texts at the end.
    var keepsEdits: Bool { get set }

    /// What the last change applied did to the texts at the end; nil where that is not known.
    var edits: [WalkedEdit]? { get }

    /// A text at the version walked.
    mutating func text(of field: TextField, in graph: EventGraph) -> TextState
}
