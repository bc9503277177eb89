import ArticleFormats
import ArticleMerge
import ArticleModel
import Testing

/// What two people do in their editors at the same time is merged, or is one choice.
@Suite struct EditConflictTests {
    private static let body: ScalarText =
        "The minister on Tuesday called for normal relations between both neighbours.\n\nTalks went on."

    private static func change(
        _ number: UInt8,
        _ content: ChangeSetBody.Change
    ) throws -> Change {
        Change(
            id: try #require(ChangeID(Array(repeating: number, count: 32))),
            content: content,
            author: try #require(UserID(Array(repeating: number, count: 16))),
            device: try #require(DeviceKey(Array(repeating: number, count: 32))),
            chain: try #require(ChainID(Array(repeating: number, count: 16))),
            sequence: 1,
            lamport: UInt64(number),
            timeMilliseconds: 1_700_000_000_000,
            permission: .edit
        )
    }

    private let seed: Change

    init() throws {
        let content = Seed(
            nonce: nil,
            fields: [],
            summary: .init(),
            body: Self.body,
            provenance: nil
        )
        seed = try Self.change(1, .seed(content))
    }

    /// What is seen when each of `edits` was made in an editor of its own.
    private func shown(_ edits: [(old: String, new: String)]) throws -> ShownText {
        var graph = try EventGraph(seed: seed)
        let state = ArticleState(replaying: graph)
        let opened = EditDocument.text(of: state)
        let before = try EditDocument(Array(opened.utf8))
        for (index, edit) in edits.enumerated() {
            #expect(opened.contains(edit.old))
            let saved = try EditDocument(Array(opened.replacing(edit.old, with: edit.new).utf8))
            let operations = saved.operations(since: before, in: state)
            try graph.insert(
                Self.change(
                    UInt8(index + 3),
                    .edit(parents: state.heads, operations: operations)
                )
            )
        }
        let merged = ArticleState(replaying: graph)
        return ConflictAnalysis.shownText(of: graph, state: merged, field: .body)
    }

    private static let ada = (old: "called for normal relations", new: "urged normal ties")
    private static let ben = (
        old: "called for normal relations", new: "called for renewed dialogue"
    )

    @Test func twoRewritesOfTheSameWordsAreOneChoiceOfWholeWords() throws {
        for edits in [[Self.ada, Self.ben], [Self.ben, Self.ada]] {
            let shown = try shown(edits)
            #expect(shown.conflicts.count == 1)
            let conflict = try #require(shown.conflicts.first)
            let words = conflict.alternatives.map(\.text)
            #expect(words.count == 2)
            #expect(Set(words) == ["urged normal ties", "called for renewed dialogue"])
            let first = try #require(words.first)
            #expect(
                shown.text.string
                    == Self.body.string.replacing(Self.ada.old, with: first.string)
            )
        }
    }

    @Test func whatOneRewroteElsewhereIsMerged() throws {
        let shown = try shown([Self.ada, (old: "Talks went", new: "The talks go")])
        #expect(shown.conflicts.isEmpty)
        #expect(shown.text.string.contains("Tuesday urged normal ties between"))
        #expect(shown.text.string.hasSuffix("\n\nThe talks go on."))
    }

    /// A note on a kept word stays on it, and so it is not typed again.
    @Test(arguments: ["normal", "normal relations", "called for", "relations"])
    func aNoteStaysOnItsWords(noted: ScalarText) throws {
        let graph = try EventGraph(seed: seed)
        var state = ArticleState(replaying: graph)
        let range = try #require(state.body.text.occurrences(of: noted).first)
        let target = try #require(state.target(of: range, in: .body))
        let quote = try #require(state.body.text.quote(of: range))
        let note = Annotation(kind: .comment, target: target, quote: quote, text: "?", tags: [])
        let annotated = try Self.change(
            2,
            .edit(parents: state.heads, operations: [.annotate(note)])
        )
        #expect(try state.append(annotated) == nil)

        let opened = EditDocument.text(of: state)
        let before = try EditDocument(Array(opened.utf8))
        let edited = opened.replacing(Self.ada.old, with: Self.ada.new)
        let operations = try EditDocument(Array(edited.utf8)).operations(since: before, in: state)
        let change = try Self.change(3, .edit(parents: state.heads, operations: operations))
        #expect(try state.append(change) == nil)
        guard case .text(.body, let now) = state.resolve(target) else {
            Issue.record("the note on \(noted) is an orphan")
            return
        }
        let words = ScalarText(scalars: state.body.text.scalars[now])
        let wanted: [ScalarText: ScalarText] = [
            "normal": "normal", "normal relations": "normal ties", "called for": "urged",
            "relations": "ties",
        ]
        #expect(words == wanted[noted])
    }
}
