public import ArticleModel

/// Why a change could not be taken into a graph or a state; nothing was altered.
///
/// Not for faults of a change itself: those are part of the state (``FaultyChange``).
public struct MergeError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: Hashable, Sendable {
        /// Some of the change's parents are not in the graph yet.
        case missingParents
        /// A graph must begin with a seed, signed by someone who may edit.
        case notASeed
        /// The change begins another article than this one.
        case foreignSeed
        /// The change cannot be appended to the state alone: replay the graph.
        case needsReplay
        /// An edit reaches past the end of the text at its parents' version.
        case pastTheEnd
        /// Bytes are no saved history.
        case unreadable
    }

    /// What is wrong.
    public let code: Code
    /// What happened and what to do, for a person.
    public let message: String
    /// The parents that are missing, sorted.
    public let missing: [ChangeID]

    init(_ code: Code, _ message: String, missing: [ChangeID] = []) {
        self.code = code
        self.message = message
        self.missing = missing
    }

    /// Equal where the codes and the missing parents are.
    public static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.missing == right.missing
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(missing)
    }
}

extension MergeError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
