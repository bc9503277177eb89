import CZstd

/// What the head of a Zstandard frame says (RFC 8878 section 3.1.1.1).
///
/// Read by hand because the library shows the window only through an interface it calls unstable.
///
/// - magic number, 4 bytes: 28 b5 2f fd
/// - descriptor, 1 byte: bits 7-6 size of the content size, 5 single segment, 4 unused, 3 reserved,
///   2 checksum, 1-0 size of the dictionary id
/// - window descriptor, 1 byte (not in a single segment): exponent in bits 7-3, mantissa in 2-0
/// - dictionary id, 0 bytes here
/// - content size, little-endian, 0 to 8 bytes
struct FrameHead {
    /// Whether the bytes are one frame, from their first to their last.
    private(set) var isWhole = false
    /// The size of what comes out, where it is declared.
    private(set) var contentSize: UInt64?
    /// How far back the content may refer, in bytes.
    private(set) var windowSize: UInt64 = 0

    init(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        guard rest.popFirst() == 0x28, rest.popFirst() == 0xb5, rest.popFirst() == 0x2f,
            rest.popFirst() == 0xfd, let descriptor = rest.popFirst()
        else { return }
        let isSingleSegment = descriptor & 0x20 != 0
        let hasReservedBit = descriptor & 0x08 != 0
        let hasDictionary = descriptor & 0x03 != 0
        guard !hasReservedBit, !hasDictionary else { return }
        if !isSingleSegment {
            guard let window = rest.popFirst() else { return }
            let base = UInt64(1) << UInt64(10 + (window >> 3))
            windowSize = base + base / 8 * UInt64(window & 7)
        }
        let sizeByteCount =
            switch descriptor >> 6 {
            case 0: isSingleSegment ? 1 : 0
            case 1: 2
            case 2: 4
            default: 8
            }
        guard rest.count >= sizeByteCount else { return }
        if sizeByteCount > 0 {
            let size = rest.prefix(sizeByteCount).reversed().reduce(0) { $0 << 8 | UInt64($1) }
            // Two bytes count from 256 on, as less fits in one.
            contentSize = sizeByteCount == 2 ? size + 256 : size
        }
        if isSingleSegment { windowSize = contentSize ?? 0 }
        let frameByteCount = unsafe bytes.withUnsafeBytes { source in
            unsafe ZSTD_findFrameCompressedSize(source.baseAddress, source.count)
        }
        isWhole = ZSTD_isError(frameByteCount) == 0 && frameByteCount == bytes.count
    }
}
