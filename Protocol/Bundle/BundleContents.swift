import ArticleModel
import Signing

/// Reads the frames of a bundle, in the order they may have.
struct BundleContents {
    private var entryCount: UInt64 = 0
    private var recordCount: UInt64 = 0
    /// Whether more membership records are to come; nil before the first.
    private var isContinued: Bool?
    private var hasEntries = false
    /// Large bodies that are whole, by their hash, for the next run.
    private var whole: [[UInt8]: [UInt8]] = [:]
    /// The large body that is coming.
    private var coming: BlobPiece?
    private var heldByteCount = 0

    /// Takes the next frame; the part it makes, if it makes one.
    mutating func take(
        _ frame: Frame,
        of header: BundleHeader
    ) throws(ProtocolError) -> BundleReader.Part? {
        guard let type = MessageType(rawValue: frame.type) else { throw Self.misplaced }
        guard isContinued != true || type == .members else { throw Self.misplaced }
        if type == .run {
            let run = try RunDecoder.decode(frame.payload, library: header.library, blobs: whole)
            return .entries(try entries(of: run, header))
        }
        switch try Message(type: type, payload: frame.payload) {
        case .members(let members): return .records(try records(members, header))
        case .blob(let piece):
            try take(piece)
            return nil
        case .bye:
            guard entryCount == header.entryCount, recordCount == header.recordCount,
                heldByteCount == 0
            else { throw Self.wrongCount }
            return nil
        default:
            // Whatever else peers come to say to each other has no place in a file.
            throw Self.misplaced
        }
    }

    private mutating func records(
        _ members: Members,
        _ header: BundleHeader
    ) throws(ProtocolError) -> [Members.Record] {
        // Records come first, in one series.
        guard !hasEntries, heldByteCount == 0, isContinued != false, !members.records.isEmpty else {
            throw Self.misplaced
        }
        isContinued = members.isContinued
        recordCount += UInt64(members.records.count)
        guard recordCount <= header.recordCount else { throw Self.wrongCount }
        return members.records
    }

    private mutating func entries(
        of run: Run,
        _ header: BundleHeader
    ) throws(ProtocolError) -> [Entry] {
        guard run.firstPosition == nil else { throw Self.misplaced }
        var entries: [Entry] = []
        for item in run.items {
            guard case .entry(let entry) = item else { throw Self.misplaced }
            entries.append(entry)
        }
        hasEntries = true
        whole = [:]
        heldByteCount = 0
        entryCount += UInt64(entries.count)
        guard entryCount <= header.entryCount, coming == nil else { throw Self.wrongCount }
        return entries
    }

    private mutating func take(_ piece: BlobPiece) throws(ProtocolError) {
        guard piece.total <= Limits.bodySizeMax else {
            throw ProtocolError(.tooLarge, "a body of \(piece.total) bytes")
        }
        heldByteCount += piece.bytes.count
        guard heldByteCount <= 2 * Limits.bodySizeMax else {
            throw ProtocolError(.tooLarge, "more large bodies than a run can have")
        }
        var body = piece
        if let coming {
            guard coming.hash == piece.hash, coming.total == piece.total,
                coming.bytes.count == piece.offset
            else { throw Self.misplaced }
            body.bytes = coming.bytes + piece.bytes
        } else if piece.offset != 0 {
            throw Self.misplaced
        }
        guard body.bytes.count == body.total else {
            coming = body
            return
        }
        coming = nil
        guard SHA256.hash(body.bytes) == body.hash else {
            throw ProtocolError(.badFrame, "a body that is not the one it says")
        }
        whole[body.hash] = body.bytes
    }

    private static var misplaced: ProtocolError {
        ProtocolError(.badFrame, "a frame that does not belong here")
    }

    private static var wrongCount: ProtocolError {
        ProtocolError(.badFrame, "it holds something else than its header says")
    }
}
