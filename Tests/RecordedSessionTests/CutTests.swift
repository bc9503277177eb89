import Foundation
import SyncProtocol
import Synchronization
import TestSupport
import Testing

/// A session that is cut anywhere goes on where it was.
///
/// An ordinary run cuts at the ends of frames and at some places in them: the first test shows why
/// the other places are the same. `./run flips` cuts after every byte.
@Suite(.serialized) struct CutTests {
    private let scenarios: Scenarios

    init() throws { scenarios = try Scenarios.shared.get() }

    /// Every how many bytes a session is cut besides the ends of frames.
    private static let step = Share.isWhole ? 1 : 499

    @Test("gives of a frame that is cut nothing, wherever it is cut")
    func frames() throws {
        for scenario in scenarios.all {
            let recording = try scenario.recording()
            for direction in [Wire.Direction.toHub, .toClient] {
                var decoder = FrameDecoder()
                for sent in recording.frames where sent.direction == direction {
                    for (index, byte) in sent.bytes.enumerated() {
                        decoder.append([byte])
                        let frame = try decoder.next()
                        #expect((frame != nil) == (index == sent.bytes.count - 1))
                        #expect(decoder.isBetweenFrames == (frame != nil))
                    }
                }
            }
        }
    }

    @Test("is made good by the next session, and little is sent again")
    func cuts() throws {
        for scenario in scenarios.all {
            let recording = try scenario.recording()
            var cuts: [Wire.Cut] = []
            for direction in [Wire.Direction.toHub, .toClient] {
                let frames = recording.frames.filter { $0.direction == direction }
                var places = Set(stride(from: 0, to: recording.count(direction), by: Self.step))
                var end = 0
                for frame in frames {
                    end += frame.bytes.count
                    places.formUnion([end - frame.bytes.count + 1, end - 1, end])
                }
                for place in places.sorted() {
                    cuts.append(Wire.Cut(direction: direction, after: place, losesTheRest: false))
                    cuts.append(Wire.Cut(direction: direction, after: place, losesTheRest: true))
                }
            }
            let sent = Mutex(0)
            try inParallel(cuts) { cut in
                let byteCount = try resume(scenario, recording, cut)
                sent.withLock { $0 = max($0, byteCount) }
            }
            let most = sent.withLock { $0 }
            print("\(scenario.name): \(cuts.count) cuts, at most \(most) bytes sent again")
        }
    }

    /// The bytes that went twice because of a cut.
    private func resume(
        _ scenario: Scenario,
        _ recording: Recording,
        _ cut: Wire.Cut
    ) throws -> Int {
        let session = try Session(scenario)
        let first = Wire()
        first.cut = cut
        // That it fails is what the cut is for; a cut at the very end may not be noticed.
        _ = try? session.run(through: first)
        let second = Wire()
        let outcome = Result { try session.run(through: second) }
        #expect(try session.states() == recording.states, "\(scenario.name), \(cut)")
        #expect(
            ((try? outcome.get()) != nil) == recording.isDone,
            "\(scenario.name), \(cut): \(outcome)"
        )
        let again = first.byteCount + second.byteCount - recording.byteCount
        let greetings = recording.greetingByteCount + second.greetingByteCount
        #expect(
            again <= recording.longestRunByteCount + greetings + 500,
            "\(scenario.name), \(cut): \(again) bytes sent again"
        )
        return again
    }
}
