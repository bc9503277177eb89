/// The forms of bodies that a galley can read, by the numbers headers give them, and the one it
/// writes.
public struct BodyCodecs: Sendable {
    /// Reads a body of one form.
    package typealias Decode = @Sendable ([UInt8]) throws(BodyError) -> ChangeSetBody
    /// Writes a body.
    package typealias Encode = @Sendable (ChangeSetBody) -> [UInt8]

    private var decoders: [UInt64: Decode]
    private var encode: Encode
    /// The form that bodies are written in.
    public private(set) var version: UInt64

    /// What this galley knows.
    public static let standard = BodyCodecs(
        decoders: [BodyCodec.version: { bytes throws(BodyError) in try BodyCodec.decode(bytes) }],
        encode: { BodyCodec.encode($0) },
        version: BodyCodec.version
    )

    private init(decoders: [UInt64: Decode], encode: @escaping Encode, version: UInt64) {
        self.decoders = decoders
        self.encode = encode
        self.version = version
    }

    /// These and one more, which bodies are written in from now on: what an upgrade brings.
    package func adding(
        _ version: UInt64,
        encode: @escaping Encode,
        decode: @escaping Decode
    ) -> BodyCodecs {
        var more = self
        more.decoders[version] = decode
        more.encode = encode
        more.version = version
        return more
    }

    /// What tells this set from others that read more or less: each form with the revision of the
    /// numbers (operations, fields, kinds of value) that it has.
    public var signature: String {
        decoders.keys.sorted()
            .map { $0 == BodyCodec.version ? "\($0).\(BodyCodec.revision)" : "\($0)" }
            .joined(separator: " ")
    }

    /// Whether bodies of this form can be read.
    public func knows(_ version: UInt64) -> Bool { decoders[version] != nil }

    /// The bytes of `body` in the form of ``version``.
    public func encode(_ body: ChangeSetBody) -> [UInt8] { encode(body) }

    /// The body that `bytes` of the form `version` are; nil where that form is not known.
    public func decode(
        _ bytes: [UInt8],
        version: UInt64
    ) throws(BodyError) -> ChangeSetBody? {
        guard let decode = decoders[version] else { return nil }
        return try decode(bytes)
    }
}
