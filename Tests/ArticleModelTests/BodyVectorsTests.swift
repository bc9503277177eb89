import ArticleModel
import TestSupport
import Testing

@Suite("The pinned bodies")
struct BodyVectorsTests {
    @Test("are what is written and read today")
    func areUnchanged() throws {
        let made = try GoldenBodies.all().map {
            GoldenVectors.Vector($0.description, BodyCodec.encode($0.body))
        }
        let pinned = try GoldenVectors.load("body-golden.txt", made: made)
        #expect(pinned == made)
        for (vector, golden) in zip(pinned, try GoldenBodies.all()) {
            #expect(try BodyCodec.decode(vector.bytes) == golden.body)
        }
    }

    @Test("are refused, with each single byte changed, or are the form of another body")
    func everyByteCounts() throws {
        for golden in try GoldenBodies.all() {
            let bytes = BodyCodec.encode(golden.body)
            for place in bytes.indices {
                for value in 0...255 where UInt8(value) != bytes[place] {
                    var damaged = bytes
                    damaged[place] = UInt8(value)
                    guard let body = try? BodyCodec.decode(damaged) else { continue }
                    if BodyCodec.encode(body) != damaged || body == golden.body {
                        Issue.record("\(golden.description): byte \(place) as \(value)")
                    }
                }
            }
        }
    }

    @Test("are refused wherever they are cut off or go on")
    func cutsAreNoticed() throws {
        for golden in try GoldenBodies.all() {
            let bytes = BodyCodec.encode(golden.body)
            for count in bytes.indices {
                #expect(throws: BodyError.self) { try BodyCodec.decode(Array(bytes[..<count])) }
            }
            #expect(throws: BodyError.self) { try BodyCodec.decode(bytes + [0]) }
        }
    }

    @Test("that break one rule are refused with its reason")
    func reasons() throws {
        let made: [(String, BodyError.Code, [UInt8])] = [
            ("an unknown column", .unknown, [0x80, 0x08]),
            ("a number with a needless byte", .notCanonical, [0x80, 0x00]),
            ("an empty column", .notCanonical, [0x01, 0x00]),
            ("a column beyond the end", .tooLarge, [0x01, 0x20, 0x00]),
            ("a column that ends early", .truncated, [0x01, 0x02, 0x01]),
            ("a byte left over", .notCanonical, [0x00, 0x00]),
            ("a seed that is not there", .truncated, [0x01, 0x01, 0x00]),
            ("more parents than names", .tooLarge, [0x01, 0x01, 0x01]),
        ]
        let pinned = try GoldenVectors.load(
            "body-refused.txt",
            made: made.map { .init("\($0.0): \($0.1.rawValue)", $0.2) }
        )
        #expect(pinned.count == made.count)
        for (vector, expected) in zip(pinned, made) {
            let error = #expect(throws: BodyError.self) { try BodyCodec.decode(vector.bytes) }
            #expect(error?.code == expected.1, "\(vector.description)")
        }
    }
}
