internal import ArticleMerge
internal import ArticleModel
import Testing

/// A faulty change has no effect at all, nor has what goes on from it.
@Suite struct FaultTests {
    private let stranger: ChangeID
    init() throws { stranger = try Desk.id(0xEE) }

    @Test func eachFaultIsFoundAlikeByAppendingAndReplaying() throws {
        let unknown = CharacterRange(change: stranger, offset: 0, count: 1)
        let note = AnnotationID(change: stranger, index: 0)
        let wide = AnnotationTarget.field(.title, value: try Desk.id(0), item: 0, range: 0..<9)
        let cases: [(Operation, Fault.Code)] = [
            (.insert(.body, position: 7, text: "x"), .pastTheEnd),
            (.insert(.body, position: -1, text: "x"), .pastTheEnd),
            (.insert(.body, position: 0, text: ""), .empty),
            (.delete(.body, position: 3, count: 4), .pastTheEnd),
            (.delete(.body, position: -1, count: 2), .pastTheEnd),
            (.delete(.body, position: 1, count: .max), .pastTheEnd),
            (.delete(.body, position: 1, count: 0), .empty),
            (.delete(.body, position: 1, count: -1), .empty),
            (.delete(.summary, position: 0, count: 1), .pastTheEnd),
            (.revive(.body, []), .empty),
            (.close(.body, []), .empty),
            (.revive(.body, [unknown]), .unknownCharacter),
            (
                .revive(.summary, [.init(change: try Desk.id(0), offset: 0, count: 1)]),
                .unknownCharacter
            ),
            (
                .revive(.body, [.init(change: try Desk.id(0), offset: 5, count: 2)]),
                .unknownCharacter
            ),
            (
                .revive(.body, [.init(change: try Desk.id(0), offset: 5, count: .max)]),
                .unknownCharacter
            ),
            (.set(.custom(""), .absent), .empty),
            (.set(.byline, .list(["A", ""])), .empty),
            (.addTag(""), .empty),
            (.setNoteState(note, .hidden), .unknownNote),
            (.deleteNote(note), .unknownNote),
            (
                .annotate(
                    Annotation(kind: .comment, target: wide, quote: .none, text: "", tags: [])
                ),
                .unknownValue
            ),
        ]
        for (operation, code) in cases {
            var desk = try Desk(body: "abcdef", fields: [.init(.title, .text("Title"))])
            let before = desk.state
            let change = try Desk.change(
                9,
                .edit(
                    parents: before.heads,
                    operations: [
                        .insert(.body, position: 0, text: "z"),
                        .delete(.body, position: 1, count: 1),
                        .set(.title, .text("Other")), .addTag("t"), operation,
                    ]
                ),
                by: 1,
                lamport: 1,
                permission: .edit
            )
            var appended = before
            if appended.canAppend(change) { try appended.append(change) }
            try desk.insert(change)
            let child = try desk.edit(by: 2, after: [change.id], .addTag("child"))
            let replayed = desk.state
            #expect(
                replayed.faults == [
                    .init(change: child, fault: .init(.faultyParent)),
                    .init(change: change.id, fault: .init(code, operation: 4)),
                ],
                "\(operation)"
            )
            #expect(replayed.heads == before.heads)
            #expect(replayed.body == before.body)
            #expect(replayed.fields == before.fields)
            #expect(replayed.tags.tags.isEmpty)
            guard before.canAppend(change) else { continue }
            let last = try #require(desk.graph.change(child))
            #expect(appended.canAppend(last))
            #expect(try appended.append(last) == Fault(.faultyParent))
            #expect(appended == replayed, "\(operation)")
        }
    }

    @Test func aChangeMayNotExceedTheClassItClaims() throws {
        var desk = try Desk(body: "abc")
        let change = try desk.edit(permission: .annotate, .delete(.body, position: 0, count: 1))
        #expect(
            desk.state.faults == [.init(change: change, fault: .init(.permission, operation: 0))]
        )
        #expect(desk.state.body.text == "abc")
    }

    @Test func aChangeNeedsParents() throws {
        var desk = try Desk(body: "abc")
        let change = try desk.edit(after: [], .addTag("x"))
        #expect(desk.state.faults == [.init(change: change, fault: .init(.noParents))])
    }

    @Test func aFaultFoundElsewhereCounts() throws {
        var desk = try Desk(body: "abc")
        let faulty = FaultyChange(change: stranger, fault: Fault(.unreadable))
        var appended = desk.state
        desk.insert(faulty)
        appended.append(faulty)
        #expect(desk.state == appended)
        let child = try desk.edit(after: [stranger], .addTag("x"))
        #expect(
            desk.state.faults == [
                .init(change: child, fault: .init(.faultyParent)), faulty,
            ]
        )
    }

    @Test func whatFollowsAFaultyChangeGoesOnFromItsParents() throws {
        var desk = try Desk(body: "abc")
        try desk.edit(.delete(.body, position: 9, count: 1))
        try desk.edit(.insert(.body, position: 3, text: "d"))
        #expect(desk.state.body.text == "abcd")
        #expect(desk.state.faults.count == 1)
    }

    @Test func everyFaultSaysWhatIsWrong() {
        let messages = Fault.Code.allCases.map { Fault($0, operation: 3).message }
        #expect(Set(messages).count == Fault.Code.allCases.count)
        #expect(messages.allSatisfy { $0.hasSuffix("(operation 3)") })
    }
}
