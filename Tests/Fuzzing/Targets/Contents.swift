import ArticleModel
import Compression
import SyncProtocol

extension FuzzTarget {
    /// Bodies of change sets, and the seeds in them.
    static let bodies = FuzzTarget("bodies") { input in
        if let body = try? BodyCodec.decode(input) {
            try expect(BodyCodec.encode(body) == input, "a body has a second form")
        }
        if let seed = try? Seed(decoding: input) {
            try expect(seed.encoded() == input, "a seed has a second form")
        }
    } seeds: {
        let entries = try SampleLibrary.shared.get().entries
        return entries.enumerated().compactMap { number, entry in
            entry.body.map { ("the body of entry \(number)", $0) }
        }
    }

    /// Compressed payloads: two bytes tell the size that was announced, then comes the zstd frame.
    static let zstandard = FuzzTarget("zstd", inputSizeMax: 8192) { input in
        guard input.count >= 2 else { return }
        let announced = Int(input[0]) << 8 | Int(input[1])
        let limit = 32 * 1024
        let content = try? Zstandard.decompress(
            Array(input.dropFirst(2)),
            expecting: announced,
            limit: limit
        )
        guard let content else { return }
        try expect(content.count == announced, "another size than announced")
        try expect(content.count <= limit, "more than the limit")
        let again = try Zstandard.decompress(
            Zstandard.compress(content),
            expecting: content.count,
            limit: limit
        )
        try expect(again == content, "a content does not come back as it was")
    } seeds: {
        let entries = try SampleLibrary.shared.get().entries
        let run = Run(firstPosition: nil, end: nil, items: entries.map(RunItem.entry)).encoded()
        return [
            ("a run", run), ("sixteen thousand zeros", [UInt8](repeating: 0, count: 16_000)),
            ("nothing", []), ("a word", Array("word".utf8)),
        ].map { name, content in
            let size = [UInt8(content.count >> 8), UInt8(content.count & 255)]
            return (name, size + Zstandard.compress(content))
        }
    }
}
