import ArticleModel
import CBOR

/// The beginning of a large body, from a session that was cut before the whole had come.
public struct PartialBody: Hashable, Sendable {
    /// SHA-256 of the whole.
    public let hash: [UInt8]
    /// The size of the whole.
    public let total: Int
    /// What has come of it.
    public let bytes: [UInt8]

    /// What has come of a body.
    public init(hash: [UInt8], total: Int, bytes: [UInt8]) {
        self.hash = hash
        self.total = total
        self.bytes = bytes
    }

    /// As the peer is told of it.
    var held: HeldBody { HeldBody(hash: hash, byteCount: bytes.count) }
}

/// How much one side holds of a large body: pieces begin behind it.
public struct HeldBody: Hashable, Sendable {
    /// SHA-256 of the whole.
    public let hash: [UInt8]
    /// The bytes held, from the first on.
    public let byteCount: Int

    /// The most bodies one side tells of.
    public static let countMax = 4

    /// Says that so many bytes are held.
    public init(hash: [UInt8], byteCount: Int) {
        self.hash = hash
        self.byteCount = byteCount
    }
}

extension CBORWriter {
    /// Writes what is held of large bodies.
    mutating func heldBodies(_ bodies: [HeldBody]) {
        array(bodies.count)
        for body in bodies {
            array(2)
            bytes(body.hash)
            unsigned(UInt64(body.byteCount))
        }
    }
}

extension CBORReader {
    /// Reads what is held of large bodies; a list that is there is not empty.
    mutating func heldBodies() throws(CBORError) -> [HeldBody] {
        let start = offset
        let count = try array(atMost: HeldBody.countMax)
        guard count > 0 else {
            throw CBORError(code: .outOfRange, offset: start, message: "a needless list")
        }
        var bodies: [HeldBody] = []
        for _ in 0..<count {
            try array(exactly: 2)
            let hash = Array(try bytes(exactly: 32))
            let place = offset
            let byteCount = try unsigned(atMost: UInt64(Limits.bodySizeMax))
            guard byteCount > 0 else {
                throw CBORError(code: .outOfRange, offset: place, message: "nothing is held")
            }
            bodies.append(HeldBody(hash: hash, byteCount: Int(byteCount)))
        }
        return bodies
    }
}
