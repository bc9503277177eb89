public import ArticleModel

/// What is wrong with a change: it has no effect, nor has any change that names it as a parent.
///
/// Found from the change and its ancestors alone, so equal on every replica.
public struct Fault: Hashable, Sendable {
    /// The kinds of fault; the numbers are stored.
    public enum Code: UInt8, Error, CaseIterable, Hashable, Sendable {
        /// It goes on from nothing and is no seed.
        case noParents = 1
        /// It goes on from a faulty change.
        case faultyParent = 2
        /// It does what needs more rights than it claims.
        case permission = 3
        /// An operation says nothing: no characters, an empty tag, a nameless field.
        case empty = 4
        /// A position or length reaches past the end of the text.
        case pastTheEnd = 5
        /// It names a character that none of its ancestors put into that text.
        case unknownCharacter = 6
        /// It names an annotation that none of its ancestors made, or a reply where only an
        /// annotation will do.
        case unknownNote = 7
        /// It alters the words of someone else's annotation, or deletes it.
        case notTheAuthor = 8
        /// It names words of a field's value that is none of its ancestors'.
        case unknownValue = 9
        /// It inserts more characters than can be numbered.
        case tooLong = 10
        /// Its body could not be read (found by the reader of bodies).
        case unreadable = 11
        /// It names a parent that its change set does not depend on (found by the reader of
        /// headers).
        case outsideCausalPast = 12
    }

    /// The kind.
    public let code: Code
    /// The number of the operation it was found in, from 0; nil for the change as a whole.
    public let operation: UInt32?

    /// A fault of `code`, found in the operation numbered `operation`.
    public init(_ code: Code, operation: UInt32? = nil) {
        self.code = code
        self.operation = operation
    }

    init(_ code: Code, at index: Int) {
        self.init(code, operation: UInt32(clamping: index))
    }

    /// The fault in words.
    public var message: String {
        let what =
            switch code {
            case .noParents: "goes on from no change"
            case .faultyParent: "goes on from a change without effect"
            case .permission: "does more than the rights it claims allow"
            case .empty: "holds an operation on nothing"
            case .pastTheEnd: "reaches past the end of the text"
            case .unknownCharacter: "names a character it cannot know"
            case .unknownNote: "names an annotation it cannot know"
            case .notTheAuthor: "alters an annotation of someone else"
            case .unknownValue: "names a value it cannot know"
            case .tooLong: "inserts more than one change can hold"
            case .unreadable: "cannot be read"
            case .outsideCausalPast: "goes on from a change it does not depend on"
            }
        return operation.map { "\(what) (operation \($0))" } ?? what
    }
}

/// A change without effect, and why.
public struct FaultyChange: Hashable, Sendable {
    /// The change.
    public let change: ChangeID
    /// What is wrong with it.
    public let fault: Fault

    /// Says that `change` has `fault`.
    public init(change: ChangeID, fault: Fault) {
        self.change = change
        self.fault = fault
    }
}
