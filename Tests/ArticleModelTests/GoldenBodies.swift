import ArticleModel
import Testing

/// One body of each kind, small enough to try every damage.
enum GoldenBodies {
    struct Golden {
        let description: String
        let body: ChangeSetBody
    }

    static func all() throws -> [Golden] {
        let first = try identifier(1)
        let second = try identifier(2)
        return [
            Golden(description: "nothing", body: ChangeSetBody(changes: [])),
            Golden(
                description: "an imported article",
                body: ChangeSetBody(changes: [.seed(try imported())])
            ),
            Golden(
                description: "an article made by hand, and a change without operations",
                body: ChangeSetBody(changes: [
                    .seed(
                        Seed(
                            nonce: Identifier16([UInt8](repeating: 9, count: 16)),
                            fields: [],
                            summary: "",
                            body: "",
                            provenance: nil
                        )
                    ),
                    .edit(parents: [first, second], operations: []),
                ])
            ),
            Golden(
                description: "edits of texts",
                body: ChangeSetBody(changes: [
                    .edit(
                        parents: [second],
                        operations: [
                            .delete(.body, position: 10, count: 3),
                            .insert(.body, position: 10, text: "née"),
                            .insert(.summary, position: 0, text: "• 🗞"),
                            .insert(.body, position: 4, text: "a\nb"),
                            .revive(.body, [CharacterRange(change: first, offset: 300, count: 2)]),
                        ]
                    )
                ])
            ),
            Golden(
                description: "registers, tags and deletion",
                body: ChangeSetBody(changes: [
                    .edit(
                        parents: [first],
                        operations: [
                            .set(.title, .text("Ships")),
                            .set(.byline, .list(["Ann", "Bo"])),
                            .set(.published, .date(try date())),
                            .set(.custom("desk"), .absent),
                            .addTag("sea"), .removeTag("land"),
                            .deleteArticle, .undeleteArticle,
                        ]
                    )
                ])
            ),
            Golden(description: "annotations", body: annotations(first, second)),
            Golden(
                description: "a conflict settled",
                body: ChangeSetBody(changes: [
                    .edit(
                        parents: [second],
                        operations: [
                            .close(
                                .body,
                                [
                                    ConflictKey(change: first, number: 2),
                                    ConflictKey(change: second, number: -1),
                                ]
                            ),
                            .delete(.body, position: 4, count: 1),
                        ]
                    )
                ])
            ),
        ]
    }

    private static func annotations(_ first: ChangeID, _ second: ChangeID) -> ChangeSetBody {
        let note = AnnotationID(change: first, index: 1)
        let start = TextAnchor(character: CharacterID(change: first, offset: 0), side: .before)
        let end = TextAnchor(character: CharacterID(change: second, offset: 200), side: .after)
        let quote = Quote(exact: "ships", prefix: "the ", suffix: " of")
        return ChangeSetBody(changes: [
            .edit(
                parents: [first],
                operations: [
                    .annotate(
                        Annotation(
                            kind: .comment,
                            target: .text(.body, start: start, end: end),
                            quote: quote,
                            text: "Which?",
                            tags: ["ask", "fact"]
                        )
                    ),
                    .annotate(
                        Annotation(
                            kind: .suggestion,
                            target: .field(.captions, value: second, item: 2, range: 3..<9),
                            quote: quote,
                            text: "boats",
                            tags: []
                        )
                    ),
                    .annotate(
                        Annotation(
                            kind: .highlight,
                            target: .article,
                            quote: .none,
                            text: "",
                            tags: []
                        )
                    ),
                    .reply(to: note, text: "These."),
                    .setNoteText(note, "Which ones?"),
                    .addNoteTag(note, "done"),
                    .removeNoteTag(note, "ask"),
                    .setNoteState(note, .resolved),
                    .deleteNote(AnnotationID(change: second, index: 0)),
                ]
            )
        ])
    }

    private static func imported() throws -> Seed {
        Seed(
            nonce: nil,
            fields: [
                .init(.title, .text("The ships")),
                .init(.byline, .list(["Ann Onym"])),
                .init(.updated, .date(ArticleDate(raw: "5 sec ago", reading: nil))),
                .init(.custom("rubric"), .text("Sea")),
            ],
            summary: "One\nTwo",
            body: "First paragraph.\n\nSecond — with “marks”.",
            provenance: Provenance(
                source: try #require(Identifier32([UInt8](repeating: 0xAB, count: 32))),
                range: 17..<4000,
                parser: "text-page/1",
                warnings: ["no date"],
                dropped: ["Share this"]
            )
        )
    }

    private static func date() throws -> ArticleDate {
        let reading = ArticleDate.Reading(
            year: 2024,
            month: 2,
            day: 29,
            hour: 23,
            minute: 59,
            second: 7,
            millisecond: 120,
            offsetMinutes: -330
        )
        return ArticleDate(raw: "Feb 29", reading: reading)
    }

    private static func identifier(_ byte: UInt8) throws -> ChangeID {
        try #require(ChangeID([UInt8](repeating: byte, count: 32)))
    }
}
