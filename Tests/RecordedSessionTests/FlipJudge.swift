import ArticleModel
import Membership
import SyncProtocol

/// What becomes of a frame of which one bit was altered on its way, as far as its receiver's
/// decoders alone decide it.
struct FlipJudge {
    enum Verdict: Hashable {
        /// The receiver ends the session, or takes nothing of the run, for this reason.
        case refused(Fault.Code)
        /// It is read as what it was before.
        case same
        /// What comes of it only a session can tell.
        case open
    }

    private let scenario: Scenario
    private let library: LibraryID
    private let devices: [ChainID: DeviceKey]
    private let frames: [Wire.Sent]
    /// For each run, the large bodies before it, and the cursor where it begins.
    private var bodies: [Int: [[UInt8]: [UInt8]]] = [:]
    private var runs: [Int: Run] = [:]
    private var messages: [Int: Frame] = [:]
    private var starts: [Int: Cursor] = [:]

    init(_ scenario: Scenario, _ frames: [Wire.Sent], library: LibraryID, start: Cursor) throws {
        self.scenario = scenario
        self.library = library
        self.frames = frames
        var devices: [ChainID: DeviceKey] = [:]
        var cursor = start
        for direction in [Wire.Direction.toHub, .toClient] {
            var decoder = FrameDecoder()
            var pieces: [[UInt8]: [UInt8]] = [:]
            for (number, sent) in frames.enumerated() where sent.direction == direction {
                decoder.append(sent.bytes)
                guard let frame = try decoder.next() else { continue }
                messages[number] = frame
                if frame.type == MessageType.blob.rawValue,
                    case .blob(let piece) = try Message(type: .blob, payload: frame.payload)
                {
                    pieces[piece.hash, default: []] += piece.bytes
                }
                guard frame.type == MessageType.run.rawValue else { continue }
                let run = try RunDecoder.decode(frame.payload, library: library, blobs: pieces)
                bodies[number] = pieces
                pieces = [:]
                runs[number] = run
                starts[number] = cursor
                for item in run.items {
                    if direction == .toClient { cursor = cursor.advanced(by: item.id) }
                    guard case .entry(let entry) = item, let opening = entry.header.opening else {
                        continue
                    }
                    devices[entry.header.chain] = opening.device
                }
            }
        }
        self.devices = devices
    }

    /// Judges frame `number` with `bit` altered.
    func verdict(frame number: Int, bit: Int) -> Verdict {
        // With another length the receiver takes other bytes for the frame than it is.
        guard bit >= 32, let original = messages[number] else { return .open }
        var bytes = frames[number].bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        var decoder = FrameDecoder()
        decoder.append(bytes)
        let decoded: Frame?
        do throws(ProtocolError) { decoded = try decoder.next() } catch {
            return .refused(error.code)
        }
        guard let frame = decoded, frame.type == original.type, frame.stream == original.stream,
            let type = MessageType(rawValue: frame.type)
        else { return .open }
        if frame.payload == original.payload { return .same }
        guard type != .run else { return verdict(run: frame, number) }
        do throws(ProtocolError) {
            let message = try Message(type: type, payload: frame.payload)
            if case .blob(let piece) = message { return verdict(blob: piece, original) }
            return .open
        } catch {
            return .refused(error.code)
        }
    }

    /// A piece with the hash and the places of the original, but with other bytes, makes a whole
    /// that is not what it is named by.
    private func verdict(blob piece: BlobPiece, _ original: Frame) -> Verdict {
        guard case .blob(let before)? = try? Message(type: .blob, payload: original.payload),
            piece.hash == before.hash, piece.offset == before.offset, piece.total == before.total,
            piece.bytes.count == before.bytes.count
        else { return .open }
        return piece.bytes == before.bytes ? .same : .refused(.badFrame)
    }

    private func verdict(run frame: Frame, _ number: Int) -> Verdict {
        guard let original = runs[number], let start = starts[number] else { return .open }
        let run: Run
        do throws(ProtocolError) {
            run = try RunDecoder.decode(
                frame.payload,
                library: library,
                blobs: bodies[number] ?? [:]
            )
        } catch {
            return .refused(error.code)
        }
        if run == original { return .same }
        switch frames[number].direction {
        case .toClient:
            var reached = start
            for item in run.items { reached = reached.advanced(by: item.id) }
            guard run.firstPosition == start.position + 1, run.end == reached.mark else {
                return .refused(.badFrame)
            }
            return .open
        case .toHub:
            guard run.firstPosition == nil else { return .refused(.badFrame) }
            let before = Set(original.items)
            for item in run.items where !before.contains(item) {
                guard case .entry(let entry) = item else { return .refused(.badFrame) }
                guard let device = devices[entry.header.chain] else { return .open }
                // What verifies would be taken: it must be tried.
                if (try? entry.changeSet.verified(by: device)) != nil { return .open }
            }
            return .refused(.badSignature)
        }
    }
}
