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

    /// Applies a change of good form whose parents make up the version walked; where it is faulty,
    /// says so and leaves no effect of it.
    mutating func apply(_ change: Change, _ number: Int, in graph: EventGraph) -> Fault?

    /// A text at the version walked, which is that of all changes without fault.
    mutating func text(of field: TextField, in graph: EventGraph) -> TextState
}

extension TextState {
    /// Puts characters at the end of the text, joined to the last run where they go on with it.
    mutating func append(_ run: ItemRun, _ utf8: @autoclosure () -> ArraySlice<UInt8>) {
        if let last = runs.last, last.isContinued(by: run) {
            runs[runs.count - 1].count += run.count
        } else {
            runs.append(run)
        }
        guard run.isVisible else { return }
        self.utf8.append(contentsOf: utf8())
        scalarCount += Int(run.count)
    }
}
