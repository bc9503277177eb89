import Foundation
import Testing

/// CBOR as a stranger would read and write it, from RFC 8949 alone: nothing of ours.
indirect enum PlainCBOR: Equatable {
    case unsigned(UInt64)
    case negative(UInt64)
    case bytes([UInt8])
    case text(String)
    case array([PlainCBOR])
    case map([(PlainCBOR, PlainCBOR)])
    case tag(UInt64, PlainCBOR)

    /// The items that a sequence (RFC 8742) holds.
    static func sequence(_ bytes: [UInt8]) throws -> [PlainCBOR] {
        var rest = bytes[...]
        var items: [PlainCBOR] = []
        while !rest.isEmpty { items.append(try item(&rest)) }
        return items
    }

    private static func item(_ rest: inout ArraySlice<UInt8>) throws -> PlainCBOR {
        let first = try #require(rest.first)
        rest = rest.dropFirst()
        var value = UInt64(first & 31)
        if value >= 24 {
            try #require(value < 28)
            let count = 1 << (value - 24)
            let digits = rest.prefix(count)
            try #require(digits.count == count)
            rest = rest.dropFirst(count)
            value = digits.reduce(0) { $0 << 8 | UInt64($1) }
        }
        switch first >> 5 {
        case 0: return .unsigned(value)
        case 1: return .negative(value)
        case 2, 3:
            let content = Array(rest.prefix(Int(value)))
            try #require(content.count == Int(value))
            rest = rest.dropFirst(content.count)
            guard first >> 5 == 3 else { return .bytes(content) }
            return .text(try #require(String(validating: content, as: UTF8.self)))
        case 4: return .array(try (0..<value).map { _ in try item(&rest) })
        case 5: return .map(try (0..<value).map { _ in (try item(&rest), try item(&rest)) })
        case 6: return .tag(value, try item(&rest))
        default: throw Unread(byte: first)
        }
    }

    private struct Unread: Error { let byte: UInt8 }

    static func head(_ kind: UInt8, _ value: Int) -> [UInt8] {
        switch value {
        case ..<24: [kind << 5 | UInt8(value)]
        case ..<256: [kind << 5 | 24, UInt8(value)]
        default: [kind << 5 | 25, UInt8(value >> 8 & 255), UInt8(value & 255)]
        }
    }

    static func == (one: PlainCBOR, other: PlainCBOR) -> Bool {
        switch (one, other) {
        case (.unsigned(let a), .unsigned(let b)), (.negative(let a), .negative(let b)): a == b
        case (.bytes(let a), .bytes(let b)): a == b
        case (.text(let a), .text(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.map(let a), .map(let b)): a.elementsEqual(b) { $0.0 == $1.0 && $0.1 == $1.1 }
        case (.tag(let a, let x), .tag(let b, let y)): a == b && x == y
        default: false
        }
    }

    subscript(key: UInt64) -> PlainCBOR? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.0 == .unsigned(key) }?.1
    }

    var bytes: [UInt8]? {
        guard case .bytes(let bytes) = self else { return nil }
        return bytes
    }

    var items: [PlainCBOR]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    var number: UInt64? {
        guard case .unsigned(let number) = self else { return nil }
        return number
    }
}
