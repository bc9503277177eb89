import ArticleModel
import CBOR

/// Reads what a ``StateWriter`` wrote.
///
/// Only ever reads what this replica wrote itself; whatever is wrong with it is damage to the file.
struct StateReader {
    /// The article the state is of.
    let article: ArticleID
    private var reader: CBORReader
    private let changes: [ChangeID]
    private let chains: [ChainID]

    /// Reads up to the content.
    init(_ bytes: [UInt8]) throws {
        reader = CBORReader(bytes)
        guard try reader.array() == 5 else { throw StateReader.damage("layout") }
        guard try reader.unsigned() == StateCoding.version else {
            throw StateReader.damage("version")
        }
        guard let article = ArticleID(try reader.bytes()) else {
            throw StateReader.damage("article")
        }
        self.article = article
        changes = try StateReader.names(try reader.bytes(), ChangeID.byteCount, ChangeID.init)
        chains = try StateReader.names(try reader.bytes(), ChainID.byteCount, ChainID.init)
    }

    private static func names<Name>(
        _ bytes: [UInt8],
        _ size: Int,
        _ make: (ArraySlice<UInt8>) -> Name?
    ) throws -> [Name] {
        var names: [Name] = []
        names.reserveCapacity(bytes.count / size)
        var index = 0
        while index < bytes.count {
            guard index + size <= bytes.count, let name = make(bytes[index..<index + size]) else {
                throw damage("names")
            }
            names.append(name)
            index += size
        }
        return names
    }

    static func damage(_ part: String) -> ReplicaError {
        ReplicaError(
            .damaged,
            "The stored state of an article is damaged (\(part)). Run `galley doctor --rebuild`."
        )
    }

    /// Refuses bytes left over.
    func finish() throws { try reader.finish() }

    mutating func array(_ count: Int) throws {
        guard try reader.array() == count else { throw StateReader.damage("count") }
    }

    mutating func arrayCount() throws -> Int { try reader.array() }
    mutating func tag() throws -> UInt64 { try reader.tag() }
    func kind() throws -> CBORReader.Kind { try reader.peekKind() }
    mutating func number() throws -> UInt64 { try reader.unsigned() }
    mutating func count() throws -> Int {
        guard let value = Int(exactly: try reader.unsigned()) else {
            throw StateReader.damage("number")
        }
        return value
    }
    mutating func number32() throws -> UInt32 {
        guard let value = UInt32(exactly: try reader.unsigned()) else {
            throw StateReader.damage("number")
        }
        return value
    }
    mutating func number8() throws -> UInt8 {
        guard let value = UInt8(exactly: try reader.unsigned()) else {
            throw StateReader.damage("number")
        }
        return value
    }
    mutating func signed() throws -> Int64 { try reader.integer() }
    mutating func flag() throws -> Bool { try reader.bool() }
    mutating func bytes() throws -> [UInt8] { try reader.bytes() }

    /// Whether null stands here; if so it is read.
    mutating func takeNull() throws -> Bool {
        guard reader.isNull else { return false }
        try reader.null()
        return true
    }

    mutating func text() throws -> ScalarText {
        guard let text = ScalarText(utf8: try reader.text()) else {
            throw StateReader.damage("text")
        }
        return text
    }

    mutating func change() throws -> ChangeID {
        let number = try count()
        guard number < changes.count else { throw StateReader.damage("change") }
        return changes[number]
    }

    mutating func chain() throws -> ChainID {
        let number = try count()
        guard number < chains.count else { throw StateReader.damage("chain") }
        return chains[number]
    }

    mutating func identifier<Name>(_ make: ([UInt8]) -> Name?) throws -> Name {
        guard let name = make(try reader.bytes()) else { throw StateReader.damage("identifier") }
        return name
    }

    mutating func raw<Value: RawRepresentable>(
        _ type: Value.Type
    ) throws -> Value where Value.RawValue == UInt8 {
        guard let value = Value(rawValue: try number8()) else { throw StateReader.damage("kind") }
        return value
    }

    mutating func list<Element>(
        _ read: (inout StateReader) throws -> Element
    ) throws -> [Element] {
        let count = try reader.array()
        var result: [Element] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try read(&self)) }
        return result
    }
}
