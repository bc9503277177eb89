import CZstd

/// Zstandard (RFC 8878) with bounds that hold for both sides.
///
/// A frame holds its content's size and no checksum (what is compressed here is hashed anyway); its
/// window is at most 1 MiB, so that a reader never needs more memory than that beside the content.
public enum Zstandard {
    /// The greatest window, as the power of two: 1 MiB.
    public static let windowLogMax = 20
    /// The level used where no other is given.
    public static let defaultLevel = 3

    /// Compresses `bytes` into one frame.
    ///
    /// Making a context costs more than compressing a short text: for many, keep a ``Compressor``.
    public static func compress(_ bytes: [UInt8], level: Int = defaultLevel) -> [UInt8] {
        var compressor = Compressor(level: level)
        return compressor.compress(bytes)
    }

    /// Decompresses one frame of exactly `size` bytes, which may be at most `limit`.
    ///
    /// Making a context costs more than decompressing a short text: for many, keep a
    /// ``Decompressor``.
    public static func decompress(
        _ bytes: [UInt8],
        expecting size: Int,
        limit: Int
    ) throws(CompressionError) -> [UInt8] {
        var decompressor = Decompressor()
        return try decompressor.decompress(bytes[...], expecting: size, limit: limit)
    }
}
