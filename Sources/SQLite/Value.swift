/// A value as a statement takes it.
public enum Value: Sendable {
    /// No value.
    case null
    /// A signed integer.
    case integer(Int64)
    /// Text.
    case text(String)
    /// Text as UTF-8 bytes, which must be well formed.
    case utf8([UInt8])
    /// Bytes.
    case bytes([UInt8])

    /// A count or an index.
    public static func integer(_ value: Int) -> Value { .integer(Int64(value)) }

    /// Bytes, or NULL.
    public static func bytes(ifAny bytes: [UInt8]?) -> Value { bytes.map(Value.bytes) ?? .null }

    /// An integer, or NULL.
    public static func integer(ifAny value: Int64?) -> Value { value.map(Value.integer) ?? .null }
}
