import ArticleModel
import TestSupport
import Testing

@Suite("Identifiers and handles")
struct IdentifierTests {
    @Test("keep their bytes, and order by them")
    func keepAndOrderBytes() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<500 {
            var left = random.bytes(32)
            var right = left
            right[random.below(32)] &+= UInt8(random.below(3))
            let identifiers = (
                try #require(ChangeID(left)), try #require(ChangeID(right))
            )
            #expect(identifiers.0.bytes == left)
            #expect((identifiers.0 < identifiers.1) == left.lexicographicallyPrecedes(right))
            #expect((identifiers.0 == identifiers.1) == (left == right))
            left.removeLast(16)
            right.removeLast(16)
            let articles = (
                try #require(ArticleID(left)), try #require(ArticleID(right))
            )
            #expect(articles.0.bytes == left)
            #expect((articles.0 < articles.1) == left.lexicographicallyPrecedes(right))
            #expect(identifiers.0.prefix16(as: ArticleID.self) == articles.0)
        }
    }

    @Test("are of one size")
    func haveOneSize() {
        for count in [0, 1, 15, 17, 31, 33, 64] where count != 16 {
            #expect(ArticleID([UInt8](repeating: 0, count: count)) == nil)
            #expect(ChangeID([UInt8](repeating: 0, count: count)) == nil)
        }
    }

    @Test("are written in hexadecimal and read back")
    func hexadecimal() {
        let bytes: [UInt8] = [0, 1, 0x9A, 0xFF]
        #expect(bytes.hexadecimal == "00019aff")
        #expect([UInt8](hexadecimal: "00019AfF") == bytes)
        for bad in ["0", "0g", "é0", "0x12", " 1"] { #expect([UInt8](hexadecimal: bad) == nil) }
    }

    @Test("have handles without letters that are misread")
    func handles() throws {
        #expect(Handle.letters(of: [0xFF]) == "zw")
        #expect(Handle.letters(of: [0, 0, 0, 0, 1]) == "00000001")
        #expect(Handle.letters(of: []).isEmpty)
        let article = try #require(ArticleID([UInt8](repeating: 0x5A, count: 16)))
        #expect(article.handle.count == 26)
        #expect(Set(Handle.alphabet).count == 32)
        #expect(Handle.alphabet.allSatisfy { !Array("ilou".utf8).contains($0) })
        #expect(Handle.alphabet == Handle.alphabet.sorted())
    }
}

@Suite("Dates")
struct ArticleDateTests {
    @Test("have a finer part only with all coarser ones")
    func finerNeedsCoarser() {
        typealias Reading = ArticleDate.Reading
        #expect(Reading(year: 2024) != nil)
        #expect(Reading(year: 2024, day: 1) == nil)
        #expect(Reading(year: 2024, month: 1, hour: 1, minute: 1) == nil)
        #expect(Reading(year: 2024, month: 1, day: 1, hour: 1) == nil)
        #expect(Reading(year: 2024, month: 1, day: 1, hour: 1, minute: 0, millisecond: 1) == nil)
        #expect(Reading(year: 2024, month: 1, day: 1, offsetMinutes: 0) == nil)
    }

    @Test("exist in the calendar")
    func existInTheCalendar() {
        typealias Reading = ArticleDate.Reading
        #expect(Reading(year: 2024, month: 2, day: 29) != nil)
        #expect(Reading(year: 2023, month: 2, day: 29) == nil)
        #expect(Reading(year: 1900, month: 2, day: 29) == nil)
        #expect(Reading(year: 2000, month: 2, day: 29) != nil)
        #expect(Reading(year: 2024, month: 4, day: 31) == nil)
        #expect(Reading(year: 2024, month: 13) == nil)
        #expect(Reading(year: -1) == nil)
        #expect(Reading(year: 2024, month: 1, day: 1, hour: 24, minute: 0) == nil)
        #expect(
            Reading(year: 2024, month: 1, day: 1, hour: 0, minute: 0, offsetMinutes: 1440) == nil
        )
    }
}

@Suite("Texts of scalars")
struct ScalarTextTests {
    @Test("refuse U+0000, carriage returns and ill-formed bytes")
    func refuseWhatIsNoText() {
        for string in ["a\u{0}b", "a\r\nb", "\r"] { #expect(ScalarText(string) == nil) }
        #expect(ScalarText(scalars: ["a", "\r"]) == nil)
        for bytes: [UInt8] in [
            [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5], [0], [13],
        ] {
            #expect(ScalarText(utf8: bytes) == nil)
        }
        let controls = "tab\tand\u{7}bell"
        #expect(ScalarText(controls)?.string == controls)
    }

    @Test("are equal by their bytes, not by what they look like")
    func equalByBytes() {
        let composed: ScalarText = "\u{E9}"
        let decomposed: ScalarText = "e\u{301}"
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }

    @Test("count scalars, and give them back")
    func countScalars() {
        let text: ScalarText = "a🗞é漢"
        #expect(text.scalarCount == 4)
        #expect(text.scalars.map(\.value) == [0x61, 0x1F5DE, 0xE9, 0x6F22])
        #expect(ScalarText(scalars: text.scalars) == text)
        #expect(ScalarText(utf8: text.utf8) == text)
    }

    @Test("count scalars of every length and width")
    func countScalarsOfAnyLength() throws {
        for width in ["a", "é", "漢", "🗞"] {
            for count in [0, 1, 63, 64, 84, 85, 86, 127, 128, 254, 255, 256, 257, 511, 1_000] {
                let text = try #require(ScalarText(String(repeating: width, count: count) + "x"))
                #expect(text.scalarCount == count + 1, "\(count) × \(width)")
            }
        }
    }

    @Test("order by scalar values")
    func orderByScalars() throws {
        var bodies = RandomBodies(seed: 3)
        for _ in 0..<500 {
            let (left, right) = (bodies.text(), bodies.text())
            let byScalars = left.scalars.lexicographicallyPrecedes(right.scalars)
            #expect((left < right) == byScalars)
        }
    }
}

@Suite("Values of the model")
struct ModelValueTests {
    @Test("hold their lists sorted, distinct and without what is empty")
    func areNormal() {
        let note = Annotation(
            kind: .comment,
            target: .article,
            quote: .none,
            text: "",
            tags: ["b", "a", "", "b"]
        )
        #expect(note.tags == ["a", "b"])
        let seed = Seed(
            nonce: nil,
            fields: [
                .init(.custom("x"), .text("1")), .init(.title, .text("old")),
                .init(.title, .text("new")), .init(.language, .absent),
            ],
            summary: "",
            body: "",
            provenance: nil
        )
        #expect(seed.fields == [.init(.title, .text("new")), .init(.custom("x"), .text("1"))])
    }

    @Test("name each field once")
    func fieldNames() {
        for field in Field.known {
            #expect(Field(name: ScalarText(field.name) ?? "") == field)
        }
        #expect(Field(name: "") == nil)
        #expect(Field(name: "desk") == .custom("desk"))
        #expect(Field.known == Field.known.sorted())
        #expect(Field.custom("a") > Field.topics)
    }
}
