import ArticleFormats
import Foundation
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    @Test func membersKeepTheirOrderAndControlsAreEscaped() {
        let value: JSONValue = [
            "z": "a\u{1B}[31m\"\\\n\u{85}\u{202E}é", "a": [1, true, .null], "e": [], "o": [:],
        ]
        #expect(
            JSONWriter.string(value)
                == #"{"z":"a\u001b[31m\"\\\n\u0085\u202eé","a":[1,true,null],"e":[],"o":{}}"#
        )
        #expect(
            JSONWriter.string(["a": [1, "b"], "c": [:]], layout: .pretty)
                == "{\n  \"a\": [\n    1,\n    \"b\"\n  ],\n  \"c\": {}\n}"
        )
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func anotherReaderReadsTheSameStrings(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let scalars = (0..<200).compactMap { _ in
            Unicode.Scalar(UInt32(random.below(random.oneIn(2) ? 0x300 : 0x11_0000)))
        }
        let string = String(String.UnicodeScalarView(scalars))
        for layout in [JSONWriter.Layout.compact, .pretty] {
            let bytes = JSONWriter.bytes([.string(string)], layout: layout)
            let read = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String]
            #expect(read?.first?.utf8.elementsEqual(string.utf8) == true)
        }
    }
}

@Suite struct ImportReportTests {
    @Test func aDryRunSaysWhatWasFoundDroppedAndDoubted() throws {
        let text = TextPageTests.page("Harbour council votes for a night ferry to the island")
        let articles = try Importer.articles(from: Array(text.utf8), name: "page.txt")
        let json = ImportReport.json(file: "page.txt", articles: articles)
        guard case .object(let members) = json, case .array(let list) = json["articles"],
            case .object(let article) = list.first
        else {
            Issue.record("not the shape promised")
            return
        }
        #expect(members.map(\.name) == ["file", "articles"])
        #expect(
            article.map(\.name)
                == [
                    "title", "byline", "date", "text", "summary", "captions", "dropped", "warnings",
                ]
        )
        #expect(list.first?["date"] == "2025-06-03")
        #expect(list.first?["dropped"] == ["Short Url", "Follow"])
    }
}
