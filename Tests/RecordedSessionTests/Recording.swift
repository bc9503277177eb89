import Dispatch
import Foundation
import SyncProtocol
import Synchronization
import Testing

/// A session that nothing disturbed, and what came of it.
struct Recording {
    let frames: [Wire.Sent]
    /// What both sides have after it.
    let states: Session.States
    /// Whether it ends well; a stranger's does not.
    let isDone: Bool

    func count(_ direction: Wire.Direction) -> Int {
        frames.filter { $0.direction == direction }.reduce(0) { $0 + $1.bytes.count }
    }

    var byteCount: Int { frames.reduce(0) { $0 + $1.bytes.count } }

    var greetingByteCount: Int { frames.greetingByteCount }

    /// The bytes of the longest run, with the large bodies before it.
    var longestRunByteCount: Int {
        var longest = 0
        for direction in [Wire.Direction.toHub, .toClient] {
            var count = 0
            for frame in frames where frame.direction == direction {
                switch frame.type {
                case .blob: count += frame.bytes.count
                case .run:
                    longest = max(longest, count + frame.bytes.count)
                    count = 0
                default: break
                }
            }
        }
        return longest
    }
}

extension Wire.Sent {
    var type: MessageType? { MessageType(rawValue: bytes[4]) }
}

extension [Wire.Sent] {
    /// The bytes of all but entries and their bodies.
    var greetingByteCount: Int {
        filter { $0.type != .run && $0.type != .blob }.reduce(0) { $0 + $1.bytes.count }
    }
}

extension Wire {
    var byteCount: Int { toHubCount + toClientCount }
    var greetingByteCount: Int { recording.greetingByteCount }
}

extension Scenario {
    func recording() throws -> Recording {
        let session = try Session(self)
        let wire = Wire()
        let isDone = (try? session.run(through: wire)) != nil
        return Recording(frames: wire.recording, states: try session.states(), isDone: isDone)
    }
}

/// The scenarios, made once for all tests.
struct Scenarios: Sendable {
    let folder: MemoryFolder
    let all: [Scenario]

    static let shared = Result { try Scenarios() }

    private init() throws {
        folder = try MemoryFolder()
        var maker = try ScenarioMaker(folder)
        all = try maker.all()
    }

    /// The long one.
    var exchange: Scenario {
        get throws { try #require(all.first { $0.name == "exchange" }) }
    }
}

/// How much of all that could be tried is tried.
enum Share {
    /// Whether everything is, as `./run flips` asks.
    static let isWhole = ProcessInfo.processInfo.environment["GALLEY_FLIPS"] == "all"
}

/// Does `body` for every element, on all cores.
func inParallel<Element: Sendable>(
    _ elements: [Element],
    _ body: @Sendable (Element) throws -> Void
) throws {
    let next = Mutex(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: ProcessInfo.processInfo.activeProcessorCount) { _ in
        while true {
            let index = next.withLock { value in
                defer { value += 1 }
                return value
            }
            guard index < elements.count, failure.withLock({ $0 == nil }) else { return }
            do {
                try body(elements[index])
            } catch {
                failure.withLock { $0 = error }
            }
        }
    }
    if let error = failure.withLock({ $0 }) { throw error }
}
