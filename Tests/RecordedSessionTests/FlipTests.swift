import ArticleModel
import Foundation
import ReplicaStore
import SyncProtocol
import Synchronization
import TestSupport
import Testing

/// Every single-bit flip of every message of recorded sessions is refused with its error, or is
/// harmless: the next session leaves both sides exactly as if nothing had been altered.
///
/// Most flips the receiver's decoders refuse by themselves; the others, and a sample of the refused
/// ones, go through real sessions over real replicas. An ordinary run tries a fixed share of all
/// bits, of every message; `./run flips` tries all.
@Suite(.serialized) struct FlipTests {
    private let scenarios: Scenarios

    init() throws { scenarios = try Scenarios.shared.get() }

    // Every which bit is judged, and every which of the judged is tried in a session all the same.
    // Odd, so that every place in a byte comes up.
    private static let step = Share.isWhole ? 1 : 37
    private static let sampleStep = Share.isWhole ? 997 : 299

    private struct Flip: Sendable {
        let frame: Int
        let bit: Int
    }

    @Test("is refused, or harmless")
    func flips() throws {
        var byteCount = 0
        for scenario in scenarios.all {
            let recording = try scenario.recording()
            byteCount = max(byteCount, recording.byteCount)
            let judge = try makeJudge(scenario, recording)
            var flips: [Flip] = []
            for (number, frame) in recording.frames.enumerated() {
                let first = number % Self.step
                for bit in stride(from: first, to: frame.bytes.count * 8, by: Self.step) {
                    flips.append(Flip(frame: number, bit: bit))
                }
            }
            let verdicts = Mutex([FlipJudge.Verdict: Int]())
            let doubtful = Mutex([Flip]())
            try inParallel(Array(flips.enumerated())) { number, flip in
                let verdict = judge.verdict(frame: flip.frame, bit: flip.bit)
                verdicts.withLock { $0[verdict, default: 0] += 1 }
                if verdict == .open || number.isMultiple(of: Self.sampleStep) {
                    doubtful.withLock { $0.append(flip) }
                }
            }
            let tried = doubtful.withLock { $0 }
            try inParallel(tried) { try play($0, scenario, recording) }
            report(scenario, recording, verdicts.withLock { $0 }, tried: tried.count)
        }
        #expect(byteCount >= 60 * 1024, "the longest session is \(byteCount) bytes long")
    }

    private func makeJudge(_ scenario: Scenario, _ recording: Recording) throws -> FlipJudge {
        let session = try Session(scenario)
        let remote = try #require(try session.client.remotes().first)
        return try FlipJudge(
            scenario,
            recording.frames,
            library: session.client.library,
            start: Cursor(
                position: remote.cursor.position,
                accumulator: remote.cursor.accumulator
            )
        )
    }

    /// Alters the bit in a session, then lets both sides sync undisturbed.
    private func play(_ flip: Flip, _ scenario: Scenario, _ recording: Recording) throws {
        let session = try Session(scenario)
        let altered = Wire()
        altered.flip = (flip.frame, flip.bit)
        _ = try? session.run(through: altered)
        for _ in 0..<2 { _ = try? session.run() }
        let states = try session.states()
        #expect(
            states == recording.states,
            "\(scenario.name): bit \(flip.bit) of frame \(flip.frame), \(frameName(flip, recording))"
        )
    }

    private func frameName(_ flip: Flip, _ recording: Recording) -> String {
        let frame = recording.frames[flip.frame]
        return "\(frame.type.map { "\($0)" } ?? "unknown") \(frame.direction)"
    }

    private func report(
        _ scenario: Scenario,
        _ recording: Recording,
        _ verdicts: [FlipJudge.Verdict: Int],
        tried: Int
    ) {
        var refusals: [String] = []
        for case (.refused(let code), let count) in verdicts { refusals.append("\(code) \(count)") }
        print(
            """
            \(scenario.name): \(recording.byteCount) bytes, \(verdicts.values.reduce(0, +)) flips: \
            \(verdicts[.same] ?? 0) read as before, refused \
            \(refusals.sorted().joined(separator: ", ")); \(tried) tried in sessions
            """
        )
    }
}
