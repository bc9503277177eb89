/// Something that bytes of a stranger reach, with the laws that must hold for whatever bytes come.
public struct FuzzTarget: Sendable {
    /// What `./run fuzz` calls it, and the name of its corpus.
    public let name: String
    /// The longest input that is tried.
    public let inputSizeMax: Int
    /// Throws a ``Finding`` where a law is broken.
    public let check: @Sendable ([UInt8]) throws -> Void
    /// Inputs to begin with, made from real messages: what each is, and its bytes.
    public let seeds: @Sendable () throws -> [(description: String, bytes: [UInt8])]

    init(
        _ name: String,
        inputSizeMax: Int = 4096,
        check: @escaping @Sendable ([UInt8]) throws -> Void,
        seeds: @escaping @Sendable () throws -> [(description: String, bytes: [UInt8])]
    ) {
        self.name = name
        self.inputSizeMax = inputSizeMax
        self.check = check
        self.seeds = seeds
    }

    /// All there are.
    public static let all: [FuzzTarget] = [
        .frames, .messages, .runs, .ranges, .headers, .bodies, .membership, .zstandard,
        .certificates,
    ]
}

extension FuzzTarget: CustomStringConvertible {
    /// Its name.
    public var description: String { name }
}

/// A law that does not hold for an input.
public struct Finding: Error, CustomStringConvertible {
    /// What does not hold.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Makes sure that a law holds.
func expect(_ holds: Bool, _ law: @autoclosure () -> String) throws {
    if !holds { throw Finding(law()) }
}
