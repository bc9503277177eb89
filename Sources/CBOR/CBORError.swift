/// Why a byte string is not the deterministic CBOR that was asked for.
public struct CBORError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What to decide by.
    public enum Code: Hashable, Sendable {
        /// The input ends inside an item, or a length goes beyond its end.
        case truncated
        /// Something follows the last item.
        case trailingBytes
        /// An integer or length could have been written in fewer bytes.
        case notShortest
        /// An indefinite length, which deterministic CBOR has not.
        case indefiniteLength
        /// A reserved or unsupported initial byte (floating point, undefined, other simple values).
        case unsupported
        /// Another type than the one asked for.
        case typeMismatch
        /// An integer outside the range asked for.
        case outOfRange
        /// A text that is no UTF-8.
        case invalidUTF8
        /// A map whose keys are not strictly ascending.
        case unsortedKeys
        /// A key that is not known at its place.
        case unknownKey
        /// A key that must be there and is not.
        case missingKey
        /// A count or length other than the one asked for, or above the limit.
        case wrongCount
        /// Arrays, maps and tags one in another, too many of them.
        case tooDeep
    }

    /// What to decide by.
    public let code: Code
    /// Where in the input, in bytes from its start.
    public let offset: Int
    /// What was wrong, for a person.
    public let message: String

    /// Makes an error; also for decoders that find a fault in what the items mean.
    public init(code: Code, offset: Int, message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }

    /// The message with its place.
    public var description: String { "CBOR at byte \(offset): \(message)" }
}
