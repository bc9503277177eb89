import ArticleFormats
import ArticleModel
import Testing

/// Files that are no text are refused with what, where and what to do.
@Suite struct SourceCheckTests {
    private func refusal(_ bytes: [UInt8]) -> FormatError? {
        do throws(FormatError) {
            _ = try Importer.articles(from: bytes, name: "file")
            return nil
        } catch {
            return error
        }
    }

    @Test func anEmptyFileIsRefused() {
        #expect(refusal([])?.code == .empty)
        #expect(refusal(Array("\u{FEFF} \n\u{A0}\r\n".utf8))?.code == .empty)
    }

    @Test func aFileWithNULBytesIsRefusedWithTheOffset() {
        let error = refusal(Array("PK".utf8) + [3, 4, 0, 1])
        #expect(error?.code == .binary)
        #expect(error?.offset == 4)
    }

    @Test func utf16IsNamedAsSuch() {
        #expect(refusal([0xFF, 0xFE, 0x41, 0x00])?.code == .wrongEncoding)
        #expect(refusal([0xFE, 0xFF, 0x00, 0x41])?.code == .wrongEncoding)
    }

    @Test(
        arguments: [
            ([0x41, 0xFF], 1), ([0x41, 0xC3], 1), ([0xC0, 0x80], 0), ([0xE0, 0x80, 0x80], 0),
            ([0xED, 0xA0, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0x41, 0x42, 0xE2, 0x82], 2),
            ([0xE2, 0x82, 0x41], 0), ([0x80], 0), ([0xF0, 0x80, 0x80, 0x80], 0),
        ] as [([UInt8], Int)]
    )
    func brokenUTF8IsRefusedWithTheOffset(bytes: [UInt8], offset: Int) {
        let error = refusal(bytes)
        #expect(error?.code == .brokenUTF8)
        #expect(error?.offset == offset)
    }

    @Test func theOffsetIsThatOfTheStandardDecoder() {
        // Every pair and many triples of bytes: refused exactly where Swift's decoder refuses.
        for first in UInt8(0x01)...0xFF {
            for second in UInt8(0x01)...0xFF {
                let bytes = [0x41, first, second, 0x80, 0x41]
                let isText = String(validating: bytes, as: UTF8.self) != nil
                #expect((refusal(bytes)?.code == .brokenUTF8) == (!isText))
            }
        }
    }

    @Test func aFileOverTheLimitIsRefused() {
        let error = refusal(Array(repeating: 0x41, count: 64 * 1024 * 1024 + 1))
        #expect(error?.code == .tooLarge)
    }

    @Test func anArticleOverTheLimitIsRefusedWhenItsSeedIsMade() throws {
        let text = "Title\n\n" + String(repeating: "a word and ", count: 450_000)
        let articles = try Importer.articles(from: Array(text.utf8), name: "long.txt")
        let source = try #require(Identifier32<SourceTag>(Array(repeating: 0, count: 32)))
        #expect(throws: FormatError.self) { try articles.first?.seed(source: source) }
    }
}
