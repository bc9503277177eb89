import Compression
import TestSupport
import Testing

@Suite struct ZstandardTests {
    private static let limit = 4 << 20

    private func code(
        _ frame: [UInt8],
        expecting size: Int,
        limit: Int = limit
    ) -> CompressionError.Code? {
        do throws(CompressionError) {
            _ = try Zstandard.decompress(frame, expecting: size, limit: limit)
            return nil
        } catch {
            return error.code
        }
    }

    /// Text of a few words, as long as asked for.
    private func text(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        let words = ["galley ", "proof ", "of ", "the ", "article ", "em dash "]
        var result: [UInt8] = []
        while result.count < count { result += Array((random.pick(words) ?? "").utf8) }
        return Array(result[..<count])
    }

    /// A frame of blocks that each repeat one byte, with a head of our own.
    private func frame(head: [UInt8], contentSize: Int) -> [UInt8] {
        var result: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd] + head
        var left = contentSize
        repeat {
            let size = min(left, 1 << 17)
            left -= size
            let block = (left == 0 ? 1 : 0) | 1 << 1 | size << 3
            result += [UInt8(block & 255), UInt8(block >> 8 & 255), UInt8(block >> 16), 0x61]
        } while left > 0
        return result
    }

    @Test(arguments: [0, 1, 2, 100, 4096, 255, 256, 65_791, 65_792, 1 << 20, 4 << 20], [1, 3, 9])
    func whatIsCompressedComesBack(count: Int, level: Int) throws {
        let content = text(count, seed: UInt64(count))
        let frame = Zstandard.compress(content, level: level)
        #expect(
            try Zstandard.decompress(frame, expecting: count, limit: Self.limit) == content
        )
        #expect(count < 4096 || frame.count < count / 3)
    }

    @Test func randomBytesComeBackThoughTheyDoNotShrink() throws {
        var random = SeededRandom(seed: 5)
        let content = random.bytes(2 << 20)
        let frame = Zstandard.compress(content)
        #expect(
            try Zstandard.decompress(frame, expecting: content.count, limit: Self.limit) == content
        )
    }

    @Test func oneCompressorGivesWhatManyGive() throws {
        var compressor = Compressor()
        var decompressor = Decompressor()
        for seed in 0..<200 as Range<UInt64> {
            let content = text(Int(seed) * 37, seed: seed)
            let frame = compressor.compress(content)
            #expect(frame == Zstandard.compress(content))
            let back = try decompressor.decompress(
                ([9, 9] + frame)[2...],
                expecting: content.count,
                limit: content.count
            )
            #expect(back == content)
        }
    }

    @Test func whatIsSaidOfMatchesGoesBeforeTheLevel() throws {
        let content = text(200_000, seed: 7)
        var usual = Compressor(level: 5)
        var searching = Compressor(level: 5, minMatch: 6, searchLog: 6)
        let frames = (usual.compress(content), searching.compress(content))
        #expect(frames.0 != frames.1)
        for frame in [frames.0, frames.1] {
            #expect(
                try Zstandard.decompress(frame, expecting: content.count, limit: Self.limit)
                    == content
            )
        }
    }

    @Test func aDecompressorWorksOnAfterADamagedFrame() throws {
        let content = text(5000, seed: 1)
        let frame = Zstandard.compress(content)
        var damaged = frame
        damaged[frame.count / 2] ^= 0xff
        var decompressor = Decompressor()
        _ = try? decompressor.decompress(damaged[...], expecting: 5000, limit: 5000)
        #expect(
            try decompressor.decompress(frame[...], expecting: 5000, limit: 5000) == content
        )
    }

    @Test func sizesAboveTheLimitAreRefused() throws {
        let frame = Zstandard.compress(text(1000, seed: 2))
        #expect(code(frame, expecting: 1000, limit: 999) == .tooLarge)
        #expect(code(frame, expecting: 1000, limit: 1000) == nil)
        #expect(code(frame, expecting: -1) == .tooLarge)
        #expect(code(frame, expecting: .max) == .tooLarge)
    }

    @Test func anotherSizeThanDeclaredIsRefused() throws {
        let frame = Zstandard.compress(text(1000, seed: 3))
        #expect(code(frame, expecting: 999) == .wrongSize)
        #expect(code(frame, expecting: 1001) == .wrongSize)
    }

    @Test func aFrameWithoutADeclaredSizeIsRefused() throws {
        #expect(code(frame(head: [0x00, 0x50], contentSize: 10), expecting: 10) == .wrongSize)
    }

    @Test func aFrameThatHoldsMoreThanItsHeadSaysIsRefused() throws {
        let honest = frame(head: [0x20, 10], contentSize: 10)
        #expect(code(honest, expecting: 10) == nil)
        let bomb = frame(head: [0x20, 10], contentSize: 3 << 20)
        #expect(code(bomb, expecting: 10) == .damaged)
        let short = frame(head: [0x20, 11], contentSize: 10)
        #expect(code(short, expecting: 11) != nil)
    }

    @Test func windowsAboveOneMebibyteAreRefused() throws {
        // A single segment has its whole content as the window.
        let size = 2 << 20
        let single: [UInt8] = [0xa0, 0, 0, 0x20, 0]
        #expect(code(frame(head: single, contentSize: size), expecting: size) == .windowTooLarge)
        // Exponent 10 is 1 MiB, and each eighth of the mantissa is more.
        for (descriptor, expected) in [
            (0x50, nil), (0x51, .windowTooLarge), (0x58, .windowTooLarge), (0x68, .windowTooLarge),
        ] as [(UInt8, CompressionError.Code?)] {
            let head: [UInt8] = [0x80, descriptor, 0, 0, 0x20, 0]
            #expect(code(frame(head: head, contentSize: size), expecting: size) == expected)
        }
    }

    @Test func whatIsNotExactlyOneFrameIsRefused() throws {
        let content = text(300, seed: 4)
        let frame = Zstandard.compress(content)
        #expect(code([], expecting: 0) == .damaged)
        #expect(code(content, expecting: 300) == .damaged)
        #expect(code(frame + [0], expecting: 300) == .damaged)
        #expect(code(frame + frame, expecting: 300) == .damaged)
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]
        #expect(code(skippable, expecting: 0) == .damaged)
        #expect(code(skippable + frame, expecting: 300) == .damaged)
        for length in 0..<frame.count {
            #expect(code(Array(frame[..<length]), expecting: 300) == .damaged)
        }
    }

    @Test func framesThatNeedADictionaryAreRefused() throws {
        #expect(
            code(frame(head: [0x21, 7, 10], contentSize: 10), expecting: 10) == .damaged
        )
    }

    @Test func everyCorruptionOfOneByteGivesTheDeclaredSizeOrIsRefused() throws {
        let content = text(700, seed: 6)
        let frame = Zstandard.compress(content)
        var decompressor = Decompressor()
        for index in frame.indices {
            for value in 0...255 as ClosedRange<UInt8> {
                var altered = frame
                altered[index] = value
                let result = try? decompressor.decompress(
                    altered[...],
                    expecting: 700,
                    limit: 700
                )
                #expect(result == nil || result?.count == 700)
            }
        }
    }

    @Test func randomBytesAreRefused() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<2000 {
            let junk = [0x28, 0xb5, 0x2f, 0xfd] + random.bytes(random.below(60))
            let result = try? Zstandard.decompress(junk, expecting: 100, limit: 100)
            #expect(result == nil || result?.count == 100)
        }
    }
}
