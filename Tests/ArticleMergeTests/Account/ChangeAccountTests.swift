internal import ArticleMerge
internal import ArticleModel
internal import TestSupport
import Testing

/// What a change did is told in whole words of the text it was made on.
@Suite struct ChangeAccountTests {
    private func edits(_ change: ChangeID, _ desk: Desk) -> [String] {
        let account = ChangeAccount.accounts(in: desk.graph)[change]
        return (account?.edits ?? []).map { "\($0.before)|\($0.after)@\($0.position)" }
    }

    @Test func lettersAreToldAsTheirWords() throws {
        var desk = try Desk(body: "They call it so")
        let change = try desk.edit(.insert(.body, position: 9, text: "ed"))
        #expect(edits(change, desk) == ["call|called@5"])
    }

    @Test func wordsAddedOrDeletedTakeNoNeighbourAlong() throws {
        var desk = try Desk(body: "one three")
        let added = try desk.edit(.insert(.body, position: 4, text: "two "))
        let deleted = try desk.edit(.delete(.body, position: 0, count: 4))
        #expect(edits(added, desk) == ["|two @0"])
        #expect(edits(deleted, desk) == ["one |@0"])
    }

    @Test func twoPlacesInOneWordAreOneEdit() throws {
        var desk = try Desk(body: "a recieve b")
        let change = try desk.edit(
            .delete(.body, position: 5, count: 1),
            .insert(.body, position: 6, text: "i")
        )
        #expect(edits(change, desk) == ["recieve|receive@2"])
    }

    @Test func placesAreThoseOfTheTextAsItStands() throws {
        var desk = try Desk(body: "first\n\nsecond")
        let change = try desk.edit(.insert(.body, position: 13, text: "ly"))
        try desk.edit(.insert(.body, position: 0, text: "zeroth\n\n"))
        #expect(edits(change, desk) == ["second|secondly@15"])
    }

    @Test func wordsThatComeBackAreTold() throws {
        var desk = try Desk(body: "one two three")
        try desk.edit(.delete(.body, position: 4, count: 4))
        let seed = desk.seed.id
        let change = try desk.edit(
            .revive(.body, [CharacterRange(change: seed, offset: 4, count: 4)])
        )
        #expect(edits(change, desk) == ["|two @4"])
    }

    /// Every account adds up: from left to right the words before are in the text before, those
    /// after in the text after, and nothing else differs.
    @Test(arguments: 0..<10)
    func accountsAddUp(batch: UInt64) throws {
        for number in batch * 200..<(batch + 1) * 200 {
            let graph = try RandomHistory(seed: number + 31_000).graph(order: number)
            let state = ArticleState(replaying: graph)
            let accounts = ChangeAccount.accounts(in: graph)
            for change in graph.changes.dropFirst() {
                guard !graph.isVoid(change.id),
                    !state.faults.contains(where: { $0.change == change.id })
                else {
                    #expect(accounts[change.id] == nil, "seed \(number)")
                    continue
                }
                let old = ArticleState(replaying: try #require(graph.graph(of: change.parents)))
                let new = ArticleState(replaying: try #require(graph.graph(of: [change.id])))
                for field in TextField.allCases {
                    let edits = (accounts[change.id]?.edits ?? []).filter { $0.field == field }
                    let before = old.text(of: field).text.scalars
                    let after = new.text(of: field).text.scalars
                    #expect(
                        replaced(edits[...], before[...], after[...]),
                        "seed \(number): \(edits)"
                    )
                    for edit in edits {
                        #expect(edit.position <= state.text(of: field).scalarCount)
                    }
                }
            }
        }
    }

    /// Whether replacing the edits' words, from left to right, makes the one text of the other.
    private func replaced(
        _ edits: ArraySlice<ChangeAccount.Edit>,
        _ old: ArraySlice<Unicode.Scalar>,
        _ new: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        guard let edit = edits.first else { return old.elementsEqual(new) }
        let before = edit.before.scalars
        let after = edit.after.scalars
        var kept = 0
        while true {
            if old.dropFirst(kept).starts(with: before), new.dropFirst(kept).starts(with: after),
                replaced(
                    edits.dropFirst(),
                    old.dropFirst(kept + before.count),
                    new.dropFirst(kept + after.count)
                )
            {
                return true
            }
            guard kept < old.count, kept < new.count,
                old.dropFirst(kept).first == new.dropFirst(kept).first
            else { return false }
            kept += 1
        }
    }
}
