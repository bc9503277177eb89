import CZstd

/// Decompresses one frame after another with the same working memory.
@safe
public struct Decompressor: ~Copyable {
    private let context: OpaquePointer

    /// Makes a decompressor.
    public init() {
        guard let context = unsafe ZSTD_createDCtx() else {
            fatalError("memory ran out for a decompressor")
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// Decompresses one frame of exactly `size` bytes, which may be at most `limit`.
    ///
    /// Size and window are compared with what the frame's head says before memory is taken, and no
    /// byte beyond `size` is ever written.
    public mutating func decompress(
        _ bytes: ArraySlice<UInt8>,
        expecting size: Int,
        limit: Int
    ) throws(CompressionError) -> [UInt8] {
        guard size >= 0, size <= limit else {
            throw CompressionError(
                code: .tooLarge,
                message: "\(size) bytes are declared where at most \(limit) are taken."
            )
        }
        try check(FrameHead(bytes), expecting: size)
        var isDamaged = false
        let result = unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
                let result = unsafe ZSTD_decompressDCtx(
                    context,
                    buffer.baseAddress,
                    size,
                    source.baseAddress,
                    source.count
                )
                isDamaged = ZSTD_isError(result) != 0
                filled = isDamaged ? 0 : result
            }
        }
        if isDamaged {
            throw CompressionError(
                code: .damaged,
                message: "The compressed bytes are damaged; get them again."
            )
        }
        guard result.count == size else { throw wrongSize(UInt64(result.count), size) }
        return result
    }

    private func check(_ head: FrameHead, expecting size: Int) throws(CompressionError) {
        guard head.isWhole else {
            throw CompressionError(
                code: .damaged,
                message: "The bytes are not one Zstandard frame; get them again."
            )
        }
        guard let contentSize = head.contentSize, contentSize == UInt64(size) else {
            throw wrongSize(head.contentSize, size)
        }
        guard head.windowSize <= 1 << UInt64(Zstandard.windowLogMax) else {
            throw CompressionError(
                code: .windowTooLarge,
                message: "The compressed bytes need a window of \(head.windowSize) bytes where at"
                    + " most 1 MiB is taken."
            )
        }
    }

    private func wrongSize(_ found: UInt64?, _ size: Int) -> CompressionError {
        let what = found.map { "has \($0) bytes" } ?? "has no declared size"
        return CompressionError(
            code: .wrongSize,
            message: "The compressed content \(what) where \(size) bytes were declared."
        )
    }
}
