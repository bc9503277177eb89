import CBOR
import TestSupport
import Testing

/// The examples of RFC 8949 appendix A that deterministic CBOR without floating point has.
@Suite struct AppendixATests {
    @Test(
        arguments: [
            (0, "00"), (1, "01"), (10, "0a"), (23, "17"), (24, "1818"), (25, "1819"), (100, "1864"),
            (1000, "1903e8"), (1_000_000, "1a000f4240"), (1_000_000_000_000, "1b000000e8d4a51000"),
            (18_446_744_073_709_551_615, "1bffffffffffffffff"),
        ] as [(UInt64, String)]
    )
    func unsignedIntegersAreReadAndWritten(value: UInt64, hexadecimal: String) throws {
        var writer = CBORWriter()
        writer.unsigned(value)
        #expect(writer.bytes == bytes(hexadecimal))
        var reader = CBORReader(bytes(hexadecimal))
        #expect(try reader.unsigned() == value)
        try reader.finish()
    }

    @Test(
        arguments: [
            (0, "00"), (-1, "20"), (-10, "29"), (-100, "3863"), (-1000, "3903e7"),
            (Int64.max, "1b7fffffffffffffff"), (Int64.min, "3b7fffffffffffffff"),
        ] as [(Int64, String)]
    )
    func integersAreReadAndWritten(value: Int64, hexadecimal: String) throws {
        var writer = CBORWriter()
        writer.integer(value)
        #expect(writer.bytes == bytes(hexadecimal))
        var reader = CBORReader(bytes(hexadecimal))
        #expect(try reader.integer() == value)
        try reader.finish()
    }

    @Test(arguments: [
        ("", "60"), ("a", "6161"), ("IETF", "6449455446"), ("\"\\", "62225c"),
        ("\u{fc}", "62c3bc"), ("\u{6c34}", "63e6b0b4"), ("\u{10151}", "64f0908591"),
    ])
    func textsAreReadAndWritten(value: String, hexadecimal: String) throws {
        var writer = CBORWriter()
        writer.text(value)
        #expect(writer.bytes == bytes(hexadecimal))
        var reader = CBORReader(bytes(hexadecimal))
        #expect(try reader.text() == Array(value.utf8))
        try reader.finish()
    }

    @Test func byteStringsAreReadAndWritten() throws {
        var writer = CBORWriter()
        writer.bytes([])
        writer.bytes([1, 2, 3, 4])
        #expect(writer.bytes == bytes("404401020304"))
        var reader = CBORReader(writer.bytes)
        #expect(try reader.bytes() == [])
        #expect(try reader.bytes() == [1, 2, 3, 4])
        try reader.finish()
    }

    @Test func simpleValuesAreReadAndWritten() throws {
        var writer = CBORWriter()
        writer.bool(false)
        writer.bool(true)
        writer.null()
        #expect(writer.bytes == bytes("f4f5f6"))
        var reader = CBORReader(writer.bytes)
        #expect(try reader.bool() == false)
        #expect(try reader.bool() == true)
        #expect(reader.isNull)
        try reader.null()
        try reader.finish()
    }

    @Test func arraysMapsAndTagsAreReadAndWritten() throws {
        var writer = CBORWriter()
        writer.array(25)
        for value in 1...25 as ClosedRange<UInt64> { writer.unsigned(value) }
        #expect(
            writer.bytes
                == bytes("98190102030405060708090a0b0c0d0e0f101112131415161718181819")
        )
        var reader = CBORReader(writer.bytes)
        #expect(try reader.array() == 25)

        writer = CBORWriter()
        writer.map(2)
        writer.text("a")
        writer.unsigned(1)
        writer.text("b")
        writer.array(2)
        writer.unsigned(2)
        writer.unsigned(3)
        #expect(writer.bytes == bytes("a26161016162820203"))

        writer = CBORWriter()
        writer.tag(32)
        writer.text("http://www.example.com")
        #expect(writer.bytes == bytes("d82076687474703a2f2f7777772e6578616d706c652e636f6d"))
        reader = CBORReader(writer.bytes)
        #expect(try reader.tag() == 32)
        #expect(try reader.string() == "http://www.example.com")
        try reader.finish()
    }

    @Test(arguments: [
        "80", "83010203", "8301820203820405", "a0", "a201020304", "a26161016162820203",
        "826161a161626163", "a56161614161626142616361436164614461656145", "c11a514b67b0",
        "c249010000000000000000", "d74401020304", "d818456449455446",
    ])
    func structuresArePassedWhole(hexadecimal: String) throws {
        var reader = CBORReader(bytes(hexadecimal))
        #expect(try Array(reader.encodedItem()) == bytes(hexadecimal))
        try reader.finish()
    }

    @Test(arguments: [
        "f90000", "fa47c35000", "fb3ff199999999999a", "f7", "f0", "f8ff", "5f42010243030405ff",
        "7f657374726561646d696e67ff", "9fff", "83018202039f0405ff", "bf61610161629f0203ffff",
    ])
    func whatIsNotDeterministicIsRefused(hexadecimal: String) {
        var reader = CBORReader(bytes(hexadecimal))
        #expect(throws: CBORError.self) { try reader.skip() }
    }
}
