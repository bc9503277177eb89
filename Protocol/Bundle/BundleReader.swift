import ArticleModel
import CBOR
import Membership
import Signing

/// Takes the bytes of a bundle as they come and gives what is in it, checked.
///
/// Everything is checked that can be without a library: every checksum, the form of each part, the
/// signature at the end by the device that says it made the bundle. What comes out before the end
/// is therefore not to be kept before the end has come.
public struct BundleReader: ~Copyable {
    /// What is read of the parts.
    public enum Depth: Sendable {
        /// Checksums and the signature alone.
        case checks
        /// Records and entries too.
        case contents
    }

    /// A part of a bundle.
    public enum Part: Sendable {
        /// What the bundle says of itself; always first.
        case header(BundleHeader)
        /// The next membership records.
        case records([Members.Record])
        /// The next entries.
        case entries([Entry])
        /// The end; nothing may follow it.
        case end
    }

    private enum State {
        case header
        case frames
        case signature
        case over
    }

    private let depth: Depth
    private var state = State.header
    private var buffer: [UInt8] = []
    /// Where the bytes not yet taken begin in `buffer`, and where that is in the file.
    private var start = 0
    private var offset = 0
    private var check: [UInt8] = []
    private var header: BundleHeader?
    private var decoder = FrameDecoder()
    private var contents = BundleContents()

    /// A reader at the beginning of a file.
    public init(_ depth: Depth = .contents) { self.depth = depth }

    /// Takes the next bytes of the file.
    public mutating func append(_ bytes: [UInt8]) {
        if start > 0 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next part; nil until more bytes come.
    public mutating func next() throws(BundleError) -> Part? {
        while true {
            switch state {
            case .header: return try readHeader()
            case .frames:
                switch try readFrame() {
                case .incomplete: return nil
                case .skipped: continue
                case .part(let part): return part
                }
            case .signature: return try readSignature()
            case .over:
                guard start == buffer.count else {
                    throw .damaged(offset, "something follows its end")
                }
                return nil
            }
        }
    }

    /// Says that the file ends here, which is an error before the bundle's end.
    public func finish() throws(BundleError) {
        guard case .over = state, start == buffer.count else {
            if case .header = state, buffer.count < BundleFormat.magic.count {
                throw Self.notABundle
            }
            throw .damaged(offset + buffer.count - start, "it ends in the middle")
        }
    }
}

extension BundleReader {
    private enum Step {
        case incomplete
        case skipped
        case part(Part)
    }

    private mutating func readHeader() throws(BundleError) -> Part? {
        let magicSize = BundleFormat.magic.count
        let given = buffer.prefix(magicSize)
        guard given.elementsEqual(BundleFormat.magic.prefix(given.count)) else {
            if given.starts(with: BundleFormat.magicStart) { throw Self.newerVersion }
            throw Self.notABundle
        }
        guard let size = number(at: magicSize) else { return nil }
        guard size <= BundleFormat.headerSizeMax else {
            throw .damaged(magicSize, "a header of \(size) bytes")
        }
        let end = magicSize + 4 + size
        guard buffer.count >= end + BundleFormat.checkSize else { return nil }
        let check = SHA256.hash(buffer[..<end])
        guard buffer[end..<(end + BundleFormat.checkSize)].elementsEqual(check) else {
            throw .damaged(0, "the checksum of its header does not fit")
        }
        let header: BundleHeader
        do { header = try BundleHeader(decoding: buffer[(magicSize + 4)..<end]) } catch {
            throw .damaged(magicSize + 4 + error.offset, error.message)
        }
        self.header = header
        self.check = check
        take(end + BundleFormat.checkSize)
        state = .frames
        return .header(header)
    }

    private mutating func readFrame() throws(BundleError) -> Step {
        guard let size = number(at: start) else { return .incomplete }
        guard size >= 3, size <= ProtocolLimits.frameSizeMax else {
            throw .damaged(offset, "a frame of \(size) bytes")
        }
        let end = start + Frame.lengthSize + size
        guard buffer.count >= end + BundleFormat.checkSize else { return .incomplete }
        let bytes = buffer[start..<end]
        let check = BundleFormat.check(bytes, after: self.check)
        guard buffer[end..<(end + BundleFormat.checkSize)].elementsEqual(check) else {
            throw .damaged(offset, "a checksum does not fit")
        }
        self.check = check
        let place = offset
        let isLast = buffer[start + Frame.lengthSize] == MessageType.bye.rawValue
        if isLast { state = .signature }
        guard depth == .contents else {
            take(end + BundleFormat.checkSize - start)
            return .skipped
        }
        decoder.append(bytes)
        take(end + BundleFormat.checkSize - start)
        guard let header else { throw .damaged(place, "its header is missing") }
        do throws(ProtocolError) {
            guard let frame = try decoder.next(), frame.stream == BundleFormat.stream else {
                throw ProtocolError(.badFrame, "a frame of a kind that does not belong here")
            }
            return try contents.take(frame, of: header).map { .part($0) } ?? .skipped
        } catch {
            if error.code == .version {
                throw BundleError(
                    .newerVersion,
                    "The bundle holds what a newer galley signed, at byte \(place). Nothing of it "
                        + "was kept. Install that version here."
                )
            }
            throw .damaged(place, error.message)
        }
    }

    private mutating func readSignature() throws(BundleError) -> Part? {
        let size = PublicKey.signatureByteCount
        guard buffer.count - start >= size else { return nil }
        let signature = Array(buffer[start..<(start + size)])
        guard let header, let key = try? header.author.publicKey(),
            key.isValidSignature(
                signature,
                for: BundleFormat.statement(header.library, check: check)
            )
        else {
            throw BundleError(
                .damaged,
                "The bundle is damaged at byte \(offset), or not by the device it says: the "
                    + "signature at its end does not hold. Nothing of it was kept."
            )
        }
        take(size)
        state = .over
        guard start == buffer.count else { throw .damaged(offset, "something follows its end") }
        return .end
    }

    private mutating func take(_ count: Int) {
        start += count
        offset += count
    }

    private func number(at index: Int) -> Int? {
        guard buffer.count >= index + 4 else { return nil }
        return buffer[index..<(index + 4)].reduce(0) { $0 << 8 | Int($1) }
    }

    private static var notABundle: BundleError {
        BundleError(.notABundle, "The file is no bundle that galley made. Check the path.")
    }

    private static var newerVersion: BundleError {
        BundleError(
            .newerVersion,
            "The bundle was made by a newer galley. Install that version here."
        )
    }
}
