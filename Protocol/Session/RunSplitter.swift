import ArticleModel
import Membership

/// Cuts entries into runs that fit frames.
enum RunSplitter {
    /// The items in runs of bounded size and count; a large body is the last of its run.
    static func parts(of items: [RunItem]) -> [[RunItem]] {
        var parts: [[RunItem]] = []
        var part: [RunItem] = []
        var size = 0
        for item in items {
            let itemSize = plainSize(of: item)
            if !part.isEmpty,
                size + itemSize > ProtocolLimits.runSizeTarget
                    || part.count == ProtocolLimits.runEntryCountMax
            {
                parts.append(part)
                part = []
                size = 0
            }
            part.append(item)
            size += itemSize
            if case .entry(let entry) = item, BodyPlace.of(entry) == .blob {
                parts.append(part)
                part = []
                size = 0
            }
        }
        if !part.isEmpty { parts.append(part) }
        return parts
    }

    /// The messages of one run: the pieces of its large body, then the run itself.
    static func messages(_ items: [RunItem], firstPosition: UInt64?, end: Mark?) -> [Message] {
        var messages: [Message] = []
        for case .entry(let entry) in items {
            guard let body = entry.body, let hash = entry.header.body?.hash,
                BodyPlace.of(entry) == .blob
            else { continue }
            var offset = 0
            while offset < body.count {
                let next = min(body.count, offset + ProtocolLimits.inlineBodySizeMax)
                let piece = BlobPiece(
                    hash: hash.bytes,
                    offset: offset,
                    total: body.count,
                    bytes: Array(body[offset..<next])
                )
                messages.append(.blob(piece))
                offset = next
            }
        }
        messages.append(.run(Run(firstPosition: firstPosition, end: end, items: items)))
        return messages
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
