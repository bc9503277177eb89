import CBOR
import TestSupport
import Testing

@Suite struct IntegerMapTests {
    private func read(
        _ hexadecimal: String
    ) throws(CBORError) -> (first: UInt64, second: UInt64?, third: UInt64) {
        var reader = CBORReader(bytes(hexadecimal))
        var map = try reader.integerMap()
        try map.require(1, &reader)
        let first = try reader.unsigned()
        let second = try map.take(2, &reader) ? try reader.unsigned() : nil
        try map.require(40, &reader)
        let third = try reader.unsigned()
        try map.end(&reader)
        try reader.finish()
        return (first, second, third)
    }

    @Test func pairsAreCountedWhileTheyAreWritten() throws {
        var writer = CBORWriter()
        var map = writer.integerMap()
        map.key(1, &writer)
        writer.unsigned(5)
        map.key(40, &writer)
        writer.unsigned(7)
        map.end(&writer)
        #expect(writer.bytes == bytes("a20105182807"))
        let value = try read("a20105182807")
        #expect(value == (5, nil, 7))
    }

    @Test func aKeyThatMayBeLeftOutIsReadWhereItIs() throws {
        #expect(try read("a301050206182807") == (5, 6, 7))
    }

    @Test func aMissingKeyIsRefused() {
        #expect(code { _ = try read("a1182807") } == .missingKey)
        #expect(code { _ = try read("a10105") } == .missingKey)
        #expect(code { _ = try read("a0") } == .missingKey)
    }

    @Test func anUnknownKeyIsRefusedWhereverItStands() {
        #expect(code { _ = try read("a300010105182807") } == .unknownKey)
        #expect(code { _ = try read("a301050301182807") } == .unknownKey)
        #expect(code { _ = try read("a30105182807182901") } == .unknownKey)
    }

    @Test func keysThatDoNotAscendAreRefused() {
        #expect(code { _ = try read("a301050105182807") } == .unsortedKeys)
        #expect(code { _ = try read("a2182807" + "0105") } == .missingKey)
        #expect(code { _ = try read("a30105182807" + "0201") } == .unsortedKeys)
    }

    @Test func keysThatAreNoIntegersAreRefused() {
        #expect(code { _ = try read("a2616105182807") } == .typeMismatch)
        #expect(code { _ = try read("a22005182807") } == .typeMismatch)
    }
}
