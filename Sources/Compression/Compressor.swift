import CZstd

/// Compresses one frame after another with the same working memory.
@safe
public struct Compressor: ~Copyable {
    private let context: OpaquePointer

    /// Makes a compressor of `level`, 1 (fast) to 19 (small).
    ///
    /// `minMatch` (bytes that a match has at least) and `searchLog` (how often one is looked for, as
    /// the power of two) go before what the level says of them.
    public init(
        level: Int = Zstandard.defaultLevel,
        minMatch: Int? = nil,
        searchLog: Int? = nil
    ) {
        guard let context = unsafe ZSTD_createCCtx() else {
            fatalError("memory ran out for a compressor")
        }
        var settings: [(ZSTD_cParameter, Int32)] = [
            (ZSTD_c_compressionLevel, Int32(min(max(level, 1), 19))),
            (ZSTD_c_windowLog, Int32(Zstandard.windowLogMax)),
            (ZSTD_c_contentSizeFlag, 1),
            (ZSTD_c_checksumFlag, 0),
        ]
        if let minMatch { settings.append((ZSTD_c_minMatch, Int32(minMatch))) }
        if let searchLog { settings.append((ZSTD_c_searchLog, Int32(searchLog))) }
        for (parameter, value) in settings {
            let result = unsafe ZSTD_CCtx_setParameter(context, parameter, value)
            guard ZSTD_isError(result) == 0 else {
                fatalError("zstd takes no parameter \(parameter.rawValue)")
            }
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// Compresses `bytes` into one frame.
    public mutating func compress(_ bytes: [UInt8]) -> [UInt8] { compress(bytes[...]) }

    /// Compresses `bytes`, a part of others, into one frame.
    public mutating func compress(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return unsafe bytes.withUnsafeBytes { source in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, filled in
                let result = unsafe ZSTD_compress2(
                    context,
                    buffer.baseAddress,
                    buffer.count,
                    source.baseAddress,
                    source.count
                )
                guard ZSTD_isError(result) == 0 else {
                    fatalError("zstd cannot compress into the room it asked for")
                }
                filled = result
            }
        }
    }
}
