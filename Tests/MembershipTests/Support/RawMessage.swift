import CBOR
import Signing

/// CBOR as a tree, so that a test can write what the product never would.
indirect enum Item {
    case unsigned(UInt64)
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case array([Item])
    case map([(key: UInt64, value: Item)])
    case encoded([UInt8])

    var encoded: [UInt8] {
        var writer = CBORWriter()
        write(to: &writer)
        return writer.bytes
    }

    private func write(to writer: inout CBORWriter) {
        switch self {
        case .unsigned(let value): writer.unsigned(value)
        case .integer(let value): writer.integer(value)
        case .bytes(let value): writer.bytes(value)
        case .text(let value): writer.text(value)
        case .array(let items):
            writer.array(items.count)
            for item in items { item.write(to: &writer) }
        case .map(let pairs):
            writer.map(pairs.count)
            for pair in pairs {
                writer.unsigned(pair.key)
                pair.value.write(to: &writer)
            }
        case .encoded(let bytes): writer.encoded(bytes)
        }
    }
}

/// COSE_Sign1 written byte by byte from RFC 9052, apart from the product's own code.
enum RawMessage {
    /// `{1: -8, 16: type}`.
    static func protected(_ type: String) -> [UInt8] {
        [0xa2, 0x01, 0x27, 0x10, 0x60 + UInt8(type.utf8.count)] + Array(type.utf8)
    }

    /// `["Signature1", protected, h'', payload]`.
    static func signatureStructure(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        [0x84, 0x6a] + Array("Signature1".utf8) + string(protected(type)) + [0x40]
            + string(payload)
    }

    /// `18([protected, {}, payload, signature])`.
    static func message(_ type: String, _ payload: [UInt8], signature: [UInt8]) -> [UInt8] {
        [0xd2, 0x84] + string(protected(type)) + [0xa0] + string(payload) + string(signature)
    }

    static func signed(_ type: String, _ payload: [UInt8], by key: PrivateKey) -> [UInt8] {
        let structure = signatureStructure(type, payload)
        return message(type, payload, signature: key.signature(for: structure))
    }

    /// A byte string with the shortest head.
    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count
        if count < 24 { return [0x40 + UInt8(count)] + bytes }
        if count < 256 { return [0x58, UInt8(count)] + bytes }
        return [0x59, UInt8(count >> 8), UInt8(count & 255)] + bytes
    }
}
