internal import ArticleMerge
internal import ArticleModel
public import Foundation

/// An event graph of one text with what people must see of it, as the files of conflict cases have
/// it.
public struct ConflictCase: Sendable, Decodable {
    /// What the case is about.
    public let name: String
    let changes: [Change]
    let void: [String]
    let hunks: [String: [Hunk]]
    let expect: Expectation

    struct Change: Sendable, Decodable {
        let id: String
        let chain: String
        let seq: UInt64
        let parents: [String]
        let ops: [Step]
        let resolves: [Key]
    }

    enum Step: Sendable {
        case insert(Int, String)
        case delete(Int, Int)
        case revive([Key])
    }

    /// A change and a number.
    struct Key: Sendable, Hashable {
        let change: String
        let number: Int
    }

    struct Hunk: Sendable, Decodable, Equatable {
        let deleted: [Key]
        let inserted: [Key]
        let revived: [Key]
    }

    struct Expectation: Sendable, Decodable, Equatable {
        let raw: String
        let text: String
        let segments: [Segment]
        let conflicts: [Conflict]
        let agreed: [Agreed]
        let review: [Review]
        /// By key: what the writer of the file took for a token.
        let tokens: [String: String]?
    }

    struct Segment: Sendable, Equatable {
        let kind: String
        let count: Int
    }

    struct Conflict: Sendable, Decodable, Equatable {
        let key: Key
        let kind: String
        let base: String
        let shown: Int
        let alternatives: [Alternative]
    }

    struct Alternative: Sendable, Decodable, Equatable {
        let text: String
        let sides: [String]
        let nested: Bool
    }

    struct Agreed: Sendable, Decodable, Equatable {
        let key: Key
        let text: String
    }

    struct Review: Sendable, Equatable {
        let text: String
        let changes: [String]
    }

    /// The cases of a file; one whose name ends in `.gz` is unpacked by the system's `gzip`.
    public static func cases(at url: URL) throws -> [ConflictCase] {
        try TraceJSON.decode([ConflictCase].self, TraceJSON.data(at: url))
    }
}

extension ConflictCase.Key: Decodable {
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        change = try container.decode(String.self)
        number = try container.decode(Int.self)
    }
}

extension ConflictCase.Segment: Decodable {
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        kind = try container.decode(String.self)
        count = try container.decode(Int.self)
    }
}

extension ConflictCase.Review: Decodable {
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        text = try container.decode(String.self)
        changes = try container.decode([String].self)
    }
}

extension ConflictCase.Step: Decodable {
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        switch try container.decode(String.self) {
        case "ins":
            self = .insert(
                try container.decode(Int.self),
                try container.decode(String.self)
            )
        case "del":
            self = .delete(try container.decode(Int.self), try container.decode(Int.self))
        case "rev": self = .revive(try container.decode([ConflictCase.Key].self))
        case let name:
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "no operation is called '\(name)'"
            )
        }
    }
}

// What stands in a message.

extension ConflictCase.Key: CustomStringConvertible {
    var description: String { "\(change)/\(number)" }
}

extension ConflictCase.Alternative: CustomStringConvertible {
    var description: String {
        "\(text.debugDescription) by \(sides.joined(separator: "+"))\(nested ? ", nested" : "")"
    }
}

extension ConflictCase.Conflict: CustomStringConvertible {
    var description: String {
        let choices = alternatives.map(\.description).joined(separator: " | ")
        return "\(key) \(kind) \(base.debugDescription) -> \(choices)"
    }
}
