import CBOR
import TestSupport
import Testing

@Suite struct CBORReaderTests {
    /// Every way to write a value in more bytes than it needs, in each major type with an argument.
    @Test(arguments: 0..<7 as Range<UInt8>)
    func everyLongerHeadIsRefused(type: UInt8) {
        let values: [UInt64] = [0, 1, 23, 24, 255, 256, 65535, 65536, 4_294_967_295]
        for value in values {
            for (information, byteCount) in [(24, 1), (25, 2), (26, 4), (27, 8)] {
                let shortest = value < 24 ? 0 : value < 256 ? 1 : value < 65536 ? 2 : 4
                guard byteCount > shortest else { continue }
                var input = [type << 5 | UInt8(information)]
                for place in (0..<byteCount).reversed() {
                    input.append(UInt8(truncatingIfNeeded: value >> UInt64(place * 8)))
                }
                input += [UInt8](repeating: 0, count: 70_000)
                var reader = CBORReader(input)
                #expect(code { try reader.skip() } == .notShortest)
                #expect(reader.offset == 0)
            }
        }
    }

    @Test(arguments: [
        "5bffffffffffffffff", "7bffffffffffffffff", "9bffffffffffffffff",
        "bbffffffffffffffff", "5a7fffffff00", "9a7fffffff00", "41", "8200", "a100",
    ])
    func lengthsBeyondTheInputAreRefusedBeforeMemoryIsTaken(hexadecimal: String) {
        var reader = CBORReader(bytes(hexadecimal))
        #expect(code { try reader.skip() } == .truncated)
    }

    @Test func everyPrefixOfAnItemIsTruncated() {
        let whole = bytes("d2a30118180243010203041903e8")
        for length in 0..<whole.count {
            var reader = CBORReader(Array(whole[..<length]))
            #expect(code { try reader.skip() } == .truncated)
        }
    }

    @Test func bytesAfterTheLastItemAreRefused() throws {
        var reader = CBORReader([1, 2])
        _ = try reader.unsigned()
        #expect(code { try reader.finish() } == .trailingBytes)
        _ = try reader.unsigned()
        try reader.finish()
    }

    @Test func anotherTypeIsRefusedAndNothingIsRead() throws {
        var reader = CBORReader([0x01])
        #expect(code { _ = try reader.bytes() } == .typeMismatch)
        #expect(code { _ = try reader.text() } == .typeMismatch)
        #expect(code { _ = try reader.array() } == .typeMismatch)
        #expect(code { _ = try reader.map() } == .typeMismatch)
        #expect(code { _ = try reader.tag() } == .typeMismatch)
        #expect(code { _ = try reader.bool() } == .typeMismatch)
        #expect(code { try reader.null() } == .typeMismatch)
        #expect(try reader.unsigned() == 1)
    }

    @Test(arguments: ["61ff", "62c328", "63eda080", "61c3", "64f8808080", "62c080"])
    func textsThatAreNotUTF8AreRefused(hexadecimal: String) {
        var reader = CBORReader(bytes(hexadecimal))
        #expect(code { _ = try reader.text() } == .invalidUTF8)
    }

    @Test func integersOutOfRangeAreRefused() throws {
        var reader = CBORReader(bytes("1b8000000000000000"))
        #expect(code { _ = try reader.integer() } == .outOfRange)
        reader = CBORReader(bytes("3b8000000000000000"))
        #expect(code { _ = try reader.integer() } == .outOfRange)
        reader = CBORReader(bytes("0b"))
        #expect(code { _ = try reader.unsigned(atMost: 10) } == .outOfRange)
        reader = CBORReader(bytes("0a"))
        #expect(try reader.unsigned(atMost: 10) == 10)
    }

    @Test func countsOtherThanThoseAskedForAreRefused() {
        var reader = CBORReader(bytes("420102"))
        #expect(code { _ = try reader.bytes(exactly: 3) } == .wrongCount)
        reader = CBORReader(bytes("820102"))
        #expect(code { try reader.array(exactly: 1) } == .wrongCount)
        reader = CBORReader(bytes("820102"))
        #expect(code { _ = try reader.array(atMost: 1) } == .wrongCount)
    }

    @Test(arguments: ["a201000100", "a202000100", "a2616200616100", "a220000100"])
    func mapsWhoseKeysDoNotAscendAreRefused(hexadecimal: String) {
        var reader = CBORReader(bytes(hexadecimal))
        #expect(code { try reader.skip() } == .unsortedKeys)
    }

    @Test func depthIsLimited() throws {
        let deepest = [UInt8](repeating: 0x81, count: CBORReader.depthMax) + [0]
        var reader = CBORReader(deepest)
        try reader.skip()
        reader = CBORReader([0x81] + deepest)
        #expect(code { try reader.skip() } == .tooDeep)
        reader = CBORReader([UInt8](repeating: 0xc1, count: 1_000_000))
        #expect(code { try reader.skip() } == .tooDeep)
    }

    @Test func aPartOfBytesIsReadWithOffsetsFromItsStart() throws {
        let whole: [UInt8] = [9, 9, 0x18, 0x20, 0x40]
        var reader = CBORReader(whole[2...])
        #expect(try reader.unsigned() == 32)
        #expect(reader.offset == 2)
        #expect(reader.remainingCount == 1)
        #expect(try reader.byteSlice().isEmpty)
        #expect(reader.isAtEnd)
    }

    @Test func everyInputOfThreeBytesIsReadOrRefused() {
        // What is passed must be what a writer would write: its bytes read and written again.
        var passed = 0
        for value in 0..<(1 << 24) where value & 0xff < 3 || value & 0xf == 0 {
            let input = [UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255)]
            var reader = CBORReader(input)
            if (try? reader.skip()) != nil {
                passed += 1
                #expect(reader.offset >= 1)
            }
        }
        #expect(passed > 0)
    }

    @Test func everyCorruptionOfOneByteIsReadOrRefused() {
        let whole = bytes("d2a4011818024301020304821903e86161186420f5")
        for index in whole.indices {
            for value in 0...255 as ClosedRange<UInt8> {
                var input = whole
                input[index] = value
                var reader = CBORReader(input)
                do {
                    try reader.skip()
                } catch {
                    #expect(error.offset <= input.count)
                }
            }
        }
    }
}

/// The code of the error that `body` throws, nil where it throws none.
func code(_ body: () throws -> Void) -> CBORError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? CBORError)?.code
    }
}
