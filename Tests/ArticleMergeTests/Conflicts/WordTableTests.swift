internal import ArticleMerge
internal import Foundation
internal import TestSupport
import Testing

/// The fixed table of what words are made of.
@Suite struct WordTableTests {
    /// Categories of scalars that were there in 14.0 have not changed for these two since.
    @Test func isUnicode14() {
        var different: [String] = []
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let age = scalar.properties.age.map { ($0.major, $0.minor) } ?? (99, 0)
            let isWord = age <= (14, 0) && NaiveConflicts.isWord(scalar)
            let isSeparator = (0x1C...0x1F).contains(value)
            if WordTable.isWord(value) != (isWord && !isSeparator) {
                different.append(String(value, radix: 16))
            }
        }
        #expect(different == [])
    }

    @Test func spaceIsWhatTheSpecificationLists() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isSpace = scalar.properties.isWhitespace || (0x1C...0x1F).contains(value)
            if WordTable.isSpace(value) != isSpace { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    @Test func isPrintedBesideTheSpecification() throws {
        let url = GoldenVectors.folder.appendingPathComponent("words.txt")
        var next: UInt32 = 0
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            let ends = line.split(separator: "-").compactMap { UInt32($0, radix: 16) }
            let (first, last) = (try #require(ends.first), try #require(ends.last))
            #expect((next..<first).allSatisfy { !WordTable.isWord($0) }, "before \(line)")
            #expect((first...last).allSatisfy { WordTable.isWord($0) }, "\(line)")
            next = last + 1
        }
        #expect((next...0x10FFFF).allSatisfy { !WordTable.isWord($0) })
    }
}
