import Membership
import SyncProtocol

extension FuzzTarget {
    /// The bytes of a connection, as they come from a peer nobody knows.
    static let frames = FuzzTarget("frames", inputSizeMax: 8192) { input in
        // In one piece or in parts, the same frames come out, and the same error.
        let whole = read(input[...], piece: max(1, input.count))
        let parts = read(input[...], piece: 1 + Int(input.first ?? 0) % 7)
        try expect(whole.frames == parts.frames, "other frames come out of parts")
        try expect(whole.code == parts.code, "another error comes out of parts")
        for frame in whole.frames {
            try expect(
                frame.payload.count <= ProtocolLimits.frameSizeMax,
                "a frame is over its limit"
            )
            var encoder = FrameEncoder(stream: frame.stream)
            let written = encoder.encode(type: frame.type, payload: frame.payload)
            let again = read(written[...], piece: written.count)
            try expect(
                again.frames.count == 1 && again.frames[0].payload == frame.payload
                    && again.frames[0].type == frame.type
                    && again.frames[0].stream == frame.stream,
                "a frame does not come back as it was"
            )
        }
    } seeds: {
        let sample = try SampleLibrary.shared.get()
        var encoder = FrameEncoder(stream: 0)
        var other = FrameEncoder(stream: 300)
        let run = Run(firstPosition: nil, end: nil, items: sample.entries.map(RunItem.entry))
        return [
            ("PING", encoder.encode(type: 11, payload: Message.ping(1).encoded())),
            (
                "PING and BYE on two streams",
                other.encode(type: 11, payload: Message.ping(7).encoded())
                    + encoder.encode(type: 13, payload: [])
            ),
            ("RUN, compressed", encoder.encode(type: 4, payload: run.encoded())),
            ("an unknown type that may be skipped", encoder.encode(type: 200, payload: [1, 2])),
        ]
    }

    private static func read(
        _ input: ArraySlice<UInt8>,
        piece: Int
    ) -> (frames: [Frame], code: Fault.Code?) {
        var decoder = FrameDecoder()
        var frames: [Frame] = []
        var rest = input
        while true {
            do throws(ProtocolError) {
                while let frame = try decoder.next() { frames.append(frame) }
            } catch {
                return (frames, error.code)
            }
            guard !rest.isEmpty else { return (frames, nil) }
            decoder.append(rest.prefix(piece))
            rest = rest.dropFirst(piece)
        }
    }
}
