import Compression

/// Takes bytes as they come and gives the frames in them.
///
/// Sizes are compared with their limits before memory is taken for what they announce. After an
/// error the bytes that follow have no meaning: the connection is to be closed.
public struct FrameDecoder: ~Copyable {
    private var buffer: [UInt8] = []
    /// Where the bytes not yet taken begin in `buffer`.
    private var start = 0
    private var decompressor: Decompressor?

    /// The bytes of a frame that are taken now; less than ever before the peer is known.
    public var frameSizeMax = ProtocolLimits.frameSizeMax

    /// A decoder at the beginning of a connection.
    public init() { decompressor = nil }

    /// Whether the bytes so far end with a frame.
    public var isBetweenFrames: Bool { start == buffer.count }

    /// The bytes of a frame that is not whole yet.
    public var heldByteCount: Int { buffer.count - start }

    /// Gives back the memory that the last frames took, where none has begun.
    public mutating func release() {
        guard isBetweenFrames else { return }
        buffer = []
        start = 0
        decompressor = nil
    }

    /// Takes the next bytes of the connection.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next frame that is whole, or nil until more bytes come.
    ///
    /// Frames of unknown types are left out where they may be.
    public mutating func next() throws(ProtocolError) -> Frame? {
        while let frame = try frame() {
            if MessageType(rawValue: frame.type) != nil { return frame }
            guard frame.type >= 128 else {
                throw ProtocolError(.badFrame, "The peer sent a frame of type \(frame.type).")
            }
        }
        return nil
    }

    private mutating func frame() throws(ProtocolError) -> Frame? {
        guard buffer.count - start >= Frame.lengthSize else { return nil }
        var length = 0
        for byte in buffer[start..<(start + Frame.lengthSize)] { length = length << 8 | Int(byte) }
        guard length <= frameSizeMax else {
            throw ProtocolError(
                .tooLarge,
                "The peer announced a frame of \(length) bytes; at most"
                    + " \(frameSizeMax) are taken."
            )
        }
        guard length >= 3 else {
            throw ProtocolError(.badFrame, "The peer sent a frame without type and stream.")
        }
        let end = start + Frame.lengthSize + length
        guard buffer.count >= end else { return nil }
        let type = buffer[start + 4]
        let flags = buffer[start + 5]
        var rest = buffer[(start + 6)..<end]
        start = end
        guard flags & ~Frame.compressedFlag == 0 else {
            throw ProtocolError(.badFrame, "The peer sent a frame with flags \(flags).")
        }
        guard let stream = VariableLength.take(from: &rest), stream <= ProtocolLimits.streamMax
        else { throw ProtocolError(.badFrame, "The peer sent a frame without a stream.") }
        let payload =
            flags & Frame.compressedFlag == 0 ? Array(rest) : try decompressed(rest)
        return Frame(
            type: type,
            stream: stream,
            payload: payload,
            wireSize: Frame.lengthSize + length
        )
    }

    private mutating func decompressed(
        _ payload: ArraySlice<UInt8>
    ) throws(ProtocolError) -> [UInt8] {
        var payload = payload
        guard let size = VariableLength.take(from: &payload) else {
            throw ProtocolError(.badFrame, "The peer sent compressed bytes without their size.")
        }
        guard size <= ProtocolLimits.frameSizeMax else {
            throw ProtocolError(
                .tooLarge,
                "The peer announced \(size) bytes in a frame; at most"
                    + " \(ProtocolLimits.frameSizeMax) are taken."
            )
        }
        var decompressor = self.decompressor.take() ?? Decompressor()
        let result: Result<[UInt8], CompressionError>
        do {
            result = .success(
                try decompressor.decompress(
                    payload,
                    expecting: Int(size),
                    limit: ProtocolLimits.frameSizeMax
                )
            )
        } catch {
            result = .failure(error)
        }
        self.decompressor = consume decompressor
        switch result {
        case .success(let bytes):
            return bytes
        case .failure(let error):
            throw ProtocolError(.badFrame, "The peer sent a damaged frame: \(error.message)")
        }
    }
}
