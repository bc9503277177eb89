import ArticleModel
import Membership

/// Cuts entries into runs that fit frames.
enum RunSplitter {
    /// The items in runs of bounded size and count; one with a large body has a run of its own.
    static func parts(of items: [RunItem], sizeTarget: Int = ProtocolLimits.runSizeTarget)
        -> [[RunItem]]
    {
        var parts: [[RunItem]] = []
        var part: [RunItem] = []
        var size = 0
        func close() {
            if !part.isEmpty { parts.append(part) }
            part = []
            size = 0
        }
        for item in items {
            let itemSize = plainSize(of: item)
            let isLarge = largeBody(of: [item]) != nil
            if isLarge || size + itemSize > sizeTarget
                || part.count == ProtocolLimits.runEntryCountMax
            {
                close()
            }
            part.append(item)
            size += itemSize
            if isLarge { close() }
        }
        close()
        return parts
    }

    /// The body that goes in pieces before a run of `items`; nil where there is none.
    static func largeBody(of items: [RunItem]) -> (hash: [UInt8], bytes: [UInt8])? {
        guard case .entry(let entry)? = items.last, BodyPlace.of(entry) == .blob,
            let body = entry.body, let hash = entry.header.body?.hash
        else { return nil }
        return (hash.bytes, body)
    }

    /// The piece of a large body that begins at `offset`.
    static func piece(
        of body: (hash: [UInt8], bytes: [UInt8]),
        at offset: Int
    ) -> BlobPiece {
        let end = min(body.bytes.count, offset + ProtocolLimits.inlineBodySizeMax)
        return BlobPiece(
            hash: body.hash,
            offset: offset,
            total: body.bytes.count,
            bytes: Array(body.bytes[offset..<end])
        )
    }

    private static func plainSize(of item: RunItem) -> Int {
        switch item {
        case .held: return 34
        case .entry(let entry):
            let body = BodyPlace.of(entry) == .inline ? entry.body?.count ?? 0 : 0
            return entry.changeSet.bytes.count + body
        }
    }
}
