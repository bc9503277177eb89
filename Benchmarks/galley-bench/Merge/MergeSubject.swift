import ArticleMerge
import ArticleModel
import EditingTraces
import Foundation

/// A trace as the engine's own history, made ready so that only the engine is measured.
struct MergeSubject {
    /// What a saved article costs in bytes is worth more than the time of saving it.
    static let savingEffort = 19

    /// A saved article.
    struct Saved {
        let bytes: [UInt8]

        /// Opens it to read its text.
        func open() throws -> [UInt8] { try SavedText(decoding: bytes).text.utf8 }

        /// Opens it to edit it, and gives its text after an edit and the taking back of it.
        func openAndEdit() throws -> [UInt8] {
            var document = try SavedText(decoding: bytes).document()
            let middle = document.scalarCount / 2
            for (count, letter) in [(0, "x"), (1, "")] as [(Int, ScalarText)] {
                let patch = TextDocument.Patch(
                    position: middle,
                    deletedCount: count,
                    inserted: letter
                )
                try document.edit(patch, agent: .max, sequence: UInt64(count))
            }
            return document.utf8
        }
    }

    let trace: TraceFile
    let end: [UInt8]
    private let patches: [[TextDocument.Patch]]
    private let compacted: TextHistory
    /// The whole history, as it is stored and sent.
    let full: [UInt8]
    /// The article as it is saved to be opened.
    let saved: Saved
    /// Each transaction of a concurrent trace as it travels; none where one is too large for that.
    let updates: [Update]

    init(_ trace: TraceFile) throws {
        self.trace = trace
        end = Array(trace.endContent.utf8)
        patches = trace.transactions.indices.map { trace.patches(of: $0) }
        compacted = try trace.history().compacted()
        full = compacted.encoded(effort: Self.savingEffort)
        saved = Saved(
            bytes: try TextDocument(replaying: compacted).encoded(effort: Self.savingEffort)
        )
        updates = trace.isSequential ? [] : Update.updates(of: trace)
    }

    var runCount: Int { compacted.runCount }
    /// The number of single edits, a replacement being two.
    var keyCount: Int {
        patches.reduce(0) { count, patches in
            patches.reduce(count) {
                $0 + ($1.deletedCount > 0 ? 1 : 0) + ($1.inserted.isEmpty ? 0 : 1)
            }
        }
    }

    /// Merges a history that is in memory.
    func replay() throws -> [UInt8] { try TextDocument(replaying: compacted).utf8 }

    /// Reads the stored history and merges it.
    func load() throws -> [UInt8] {
        try TextDocument(replaying: TextHistory(decoding: full)).utf8
    }

    /// Opens the saved article to read its text.
    func open() throws -> [UInt8] { try saved.open() }

    /// Saves the article.
    func save() throws -> [UInt8] {
        try TextDocument(replaying: compacted).encoded(effort: Self.savingEffort)
    }

    /// The article saved after its text was written ten times: nine times over it was deleted and
    /// typed anew.
    func savedAfterRewriting() throws -> Saved {
        var document = TextDocument()
        var sequence: UInt64 = 0
        for _ in 0..<10 {
            let rest = document.scalarCount
            if rest > 0 {
                let all = TextDocument.Patch(position: 0, deletedCount: rest, inserted: "")
                try document.edit(all, agent: 0, sequence: sequence)
                sequence += UInt64(rest)
            }
            for patch in patches.joined() {
                try document.edit(patch, agent: 0, sequence: sequence)
                sequence += UInt64(patch.deletedCount + patch.inserted.scalarCount)
            }
        }
        return Saved(bytes: try document.encoded(effort: Self.savingEffort))
    }

    /// Types the patches of a sequential trace, one after the other.
    func type() throws -> [UInt8] {
        var document = TextDocument()
        var sequence: UInt64 = 0
        for patches in patches {
            for patch in patches {
                try document.edit(patch, agent: 0, sequence: sequence)
                sequence += 1
            }
        }
        return document.utf8
    }

    /// Merges transaction after transaction.
    func mergeOneByOne() throws -> [UInt8] {
        var document = TextDocument()
        for (number, transaction) in trace.transactions.enumerated() {
            try document.merge(
                patches[number],
                parents: transaction.parents,
                agent: transaction.agent,
                sequence: transaction.sequence
            )
        }
        return document.utf8
    }

    /// Whether each way through the engine ends in the text of the trace.
    func endsRight() throws -> Bool {
        try replay() == end && load() == end && mergeOneByOne() == end && open() == end
            && saved.openAndEdit() == end
            && (updates.isEmpty || Update.merge(updates[...]) == end)
    }
}
