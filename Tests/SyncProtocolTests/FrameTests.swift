import SyncProtocol
import TestSupport
import Testing

@Suite("Frames")
struct FrameTests {
    @Test(
        "come out as they went in, in whatever pieces they arrive",
        arguments: [1, 2, 3, 7, 4096]
    )
    func roundTrip(piece: Int) throws {
        var random = SeededRandom(seed: 1)
        var encoder = FrameEncoder(stream: 300)
        var decoder = FrameDecoder()
        var bytes: [UInt8] = []
        var payloads: [[UInt8]] = []
        for size in [0, 1, 199, 200, 201, 5000, 70_000] {
            payloads.append(random.bytes(size))
            payloads.append([UInt8](repeating: 65, count: size))
        }
        for payload in payloads { bytes += encoder.encode(type: 4, payload: payload) }
        var found: [Frame] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            decoder.append(bytes[start..<min(bytes.count, start + piece)])
            while let frame = try decoder.next() { found.append(frame) }
        }
        #expect(found.map(\.payload) == payloads)
        #expect(found.allSatisfy { $0.type == 4 && $0.stream == 300 })
        #expect(found.reduce(0) { $0 + $1.wireSize } == bytes.count)
        let isAtEnd = decoder.isBetweenFrames
        #expect(isAtEnd)
    }

    @Test("are compressed only where that makes them smaller")
    func compressesWhereItHelps() {
        var random = SeededRandom(seed: 2)
        var encoder = FrameEncoder(stream: 0)
        #expect(encoder.encode(type: 4, payload: random.bytes(3000)).count == 3000 + 7)
        #expect(encoder.encode(type: 4, payload: [UInt8](repeating: 1, count: 3000)).count < 60)
        #expect(encoder.encode(type: 4, payload: [UInt8](repeating: 1, count: 199)).count == 206)
    }

    @Test("over the limit are refused at their length, before anything is taken for them")
    func refusesOversize() {
        var decoder = FrameDecoder()
        decoder.append([0x00, 0x10, 0x00, 0x01])
        let isTooLarge = isRefused(&decoder, .tooLarge)
        #expect(isTooLarge)
        var huge = FrameDecoder()
        huge.append([0xFF, 0xFF, 0xFF, 0xFF, 4, 0, 0])
        let isRefusedToo = isRefused(&huge)
        #expect(isRefusedToo)
    }

    @Test("of unknown types are skipped where they may be, and refused else")
    func unknownTypes() throws {
        var encoder = FrameEncoder(stream: 0)
        var decoder = FrameDecoder()
        decoder.append(encoder.encode(type: 200, payload: [1, 2, 3]))
        decoder.append(encoder.encode(type: 13, payload: []))
        let frame = try decoder.next()
        #expect(frame?.type == 13)
        let rest = try decoder.next()
        #expect(rest == nil)
        decoder.append(encoder.encode(type: 99, payload: []))
        let refused = isRefused(&decoder)
        #expect(refused)
    }

    @Test(
        "that are malformed are refused",
        arguments: [
            ("no type", [0, 0, 0, 0]),
            ("no stream", [0, 0, 0, 2, 4, 0]),
            ("an unknown flag", [0, 0, 0, 3, 4, 2, 0]),
            ("a stream with needless bytes", [0, 0, 0, 4, 4, 0, 0x80, 0]),
            ("a stream without end", [0, 0, 0, 4, 4, 0, 0x80, 0x80]),
            ("a stream above 32 bits", [0, 0, 0, 7, 4, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
            ("compressed without a size", [0, 0, 0, 3, 4, 1, 0]),
            ("compressed with nothing", [0, 0, 0, 4, 4, 1, 0, 5]),
            ("a size above a frame's", [0, 0, 0, 7, 4, 1, 0, 0xFF, 0xFF, 0x7F, 0]),
        ] as [(String, [UInt8])]
    )
    func malformed(name: String, bytes: [UInt8]) {
        var decoder = FrameDecoder()
        decoder.append(bytes)
        let refused = isRefused(&decoder)
        #expect(refused, "\(name)")
    }

    @Test("that declare another size than they have are refused")
    func declaredSizeMustHold() throws {
        var encoder = FrameEncoder(stream: 0)
        let good = encoder.encode(type: 4, payload: [UInt8](repeating: 7, count: 1000))
        // Length, type, flags, stream: then the size, 1000, in two bytes.
        #expect(good[7] == 0xE8 && good[8] == 0x07)
        for size: (UInt8, UInt8) in [(0xE7, 0x07), (0xE9, 0x07), (0xE8, 0x7F)] {
            var bad = good
            (bad[7], bad[8]) = size
            var decoder = FrameDecoder()
            decoder.append(bad)
            let refused = isRefused(&decoder)
            #expect(refused)
        }
    }

    @Test("never trap, whatever the bytes")
    func randomBytes() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<50_000 {
            var decoder = FrameDecoder()
            let payload = random.bytes(random.below(60))
            let length = UInt8(random.oneIn(3) ? random.below(256) : payload.count)
            decoder.append([0, 0, 0, length] + payload)
            while true {
                guard let frame = try? decoder.next() else { break }
                #expect(frame.wireSize <= payload.count + 4)
            }
        }
    }

    /// Whether the next frame is an error, with this code where one is given.
    private func isRefused(
        _ decoder: inout FrameDecoder,
        _ code: Fault.Code? = nil
    ) -> Bool {
        do {
            _ = try decoder.next()
            return false
        } catch {
            return code == nil || error.code == code
        }
    }
}
