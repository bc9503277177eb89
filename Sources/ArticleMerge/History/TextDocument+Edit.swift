public import ArticleModel

extension TextDocument {
    /// An edit to make: at a position, some scalars go and others come in their place.
    public struct Patch: Sendable {
        /// Where, in scalars of the text as the edit before left it.
        public let position: Int
        /// How many scalars go.
        public let deletedCount: Int
        /// What comes in their place.
        public let inserted: ScalarText

        /// Puts `inserted` in place of `deletedCount` scalars from `position` on.
        public init(position: Int, deletedCount: Int, inserted: ScalarText) {
            self.position = position
            self.deletedCount = deletedCount
            self.inserted = inserted
        }
    }

    /// Edits the text as it stands, and gives the number of the node that says so.
    ///
    /// What an agent edits in a row is one node, until something is merged or `endNode()` is called.
    @discardableResult
    public mutating func edit(
        _ patch: Patch,
        agent: UInt32,
        sequence: UInt64
    ) throws(MergeError) -> Int {
        let length = text.scalarCount
        guard patch.position >= 0, patch.position <= length, patch.deletedCount >= 0,
            patch.deletedCount <= length - patch.position
        else {
            throw MergeError(
                .pastTheEnd,
                "an edit at \(patch.position) reaches past the end of a text of \(length) characters"
            )
        }
        let last = history.count - 1
        guard isOpen, history.agents[last] == agent else {
            let number = try append([patch], parents: heads, agent: agent, sequence: sequence)
            isOpen = true
            return firstNumber + number
        }
        if patch.deletedCount > 0 {
            try history.delete(at: patch.position, count: patch.deletedCount)
            text.delete(at: patch.position, count: patch.deletedCount)
        }
        if !patch.inserted.isEmpty {
            let before = history.insertedCount
            let bytes = patch.inserted.utf8
            try history.insert(patch.inserted, at: patch.position)
            text.insert(
                bytes.span,
                0..<bytes.count,
                scalars: Int(history.insertedCount - before),
                at: patch.position
            )
        }
        lengths[last] = UInt32(text.scalarCount)
        return firstNumber + last
    }

    /// Ends the node that edits go to; the next one begins another.
    public mutating func endNode() { isOpen = false }

    /// Merges edits that one agent made to the version of `parents`, and gives their number.
    ///
    /// Nothing is altered where one of them reaches past the end.
    @discardableResult
    public mutating func merge(
        _ patches: [Patch],
        parents: [Int],
        agent: UInt32,
        sequence: UInt64
    ) throws(MergeError) -> Int {
        let parents = folded == nil ? parents : try innerNumbers(parents)
        let number = try append(patches, parents: parents, agent: agent, sequence: sequence)
        return firstNumber + number
    }

    /// The numbers in `history` of the nodes of a version.
    ///
    /// Reads what is folded where they do not lead to the text as it stands.
    mutating func innerNumbers(_ nodes: [Int]) throws(MergeError) -> [Int] {
        guard let folded else { return nodes }
        if let newest = heads.first {
            if nodes == [firstNumber + newest] { return heads }
        } else if nodes == folded.heads || nodes.sorted() == folded.heads {
            return []
        }
        guard nodes.allSatisfy({ $0 >= 0 && $0 < firstNumber + history.count }) else {
            throw MergeError(.missingParents, "an edit goes on from a version that is not here")
        }
        try unfold()
        return nodes
    }

    private mutating func append(
        _ patches: [Patch],
        parents: [Int],
        agent: UInt32,
        sequence: UInt64
    ) throws(MergeError) -> Int {
        isOpen = false
        try history.begin(parents: parents, agent: agent, sequence: sequence)
        do throws(MergeError) {
            for patch in patches { try history.append(patch) }
            try mergeLast()
        } catch {
            history.removeLast()
            throw error
        }
        return history.count - 1
    }
}
