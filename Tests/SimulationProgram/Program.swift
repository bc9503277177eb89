import Foundation
import Signing
import Simulation
import Synchronization

/// Runs simulations on some threads, each in one.
struct Program {
    private let request: Request

    init(_ request: Request) { self.request = request }

    /// Runs all; false where something happened that must not.
    func run() -> Bool {
        SimulatedFileSystem.prepareForThreads()
        if request.playsScenarios { return playScenarios() }
        let clock = ContinuousClock()
        let start = clock.now
        let tally = Tally()
        var seconds = 0.0
        for part in request.parts {
            // The kind of signature holds for the whole process: one after the other.
            for isReal in [false, true] {
                StandInSignatures.use(!isReal)
                let seeds = part.lazy.filter { request.hasRealSignatures($0) == isReal }
                runAll(SeedQueue(seeds), tally)
            }
            let before = seconds
            seconds = (clock.now - start) / .seconds(1)
            let isFailed = tally.hasFailed && !request.goesOn
            // The next part will take as long as this one did.
            if isFailed || 2 * seconds - before > request.secondsMax ?? .infinity { break }
        }
        return report(tally.result, seconds)
    }

    private func playScenarios() -> Bool {
        var isFine = true
        for scenario in Scenario.all {
            do {
                try scenario.run()
                if !request.isQuiet { print("holds\t\(scenario.name)") }
            } catch {
                isFine = false
                print("FAILS\t\(scenario.name): \(error)")
            }
        }
        return isFine
    }

    private func runAll(_ queue: SeedQueue, _ tally: Tally) {
        let threads = (0..<min(request.threadCount, request.seeds.count)).map { _ in
            let isDone = DispatchSemaphore(value: 0)
            let request = request
            let thread = Thread {
                Self.work(request, queue, tally)
                isDone.signal()
            }
            thread.stackSize = 16 << 20
            thread.start()
            return isDone
        }
        for thread in threads { thread.wait() }
    }

    /// Runs seeds until there is none left, or one has failed.
    private static func work(_ request: Request, _ queue: SeedQueue, _ tally: Tally) {
        let fileSystem = SimulatedFileSystem()
        while let seed = queue.next(), request.goesOn || !tally.hasFailed {
            var simulation = Simulation(seed: seed)
            simulation.eventCount = request.eventCount
            if request.isTraced {
                simulation.trace = { FileHandle.standardOutput.write(Data("\($0)\n".utf8)) }
            }
            tally.add(seed, simulation.run(in: fileSystem))
        }
    }

    private func report(_ result: Tally.Result, _ seconds: Double) -> Bool {
        if !request.isQuiet {
            for act in Act.allCases { print("\(act)\t\(result.coverage[act])") }
            print("trace\t\(String(result.traceHash, radix: 16))")
            let rate = (Double(result.count) / seconds * 10).rounded() / 10
            print(
                "\(result.count) seeds of \(request.eventCount) events in \(Int(seconds)) s: \(rate) a second"
            )
            if !result.coverage.missing.isEmpty {
                print("never\t\(result.coverage.missing.map { "\($0)" }.joined(separator: " "))")
            }
        }
        let failures = result.failures.sorted { $0.seed < $1.seed }
        for failure in failures { print("seed \(failure.seed): \(failure.violation)") }
        guard let failure = failures.first else { return true }
        let events = request.eventCount == 500 ? "" : " EVENTS=\(request.eventCount)"
        print("replay it with: ./run simulate SEEDS=\(failure.seed)\(events) TRACE=1")
        return false
    }
}

/// Hands out seeds in their order.
final class SeedQueue: Sendable {
    private let left: Mutex<[UInt64].Iterator>

    init(_ seeds: some Sequence<UInt64>) { left = Mutex(Array(seeds).makeIterator()) }

    func next() -> UInt64? { left.withLock { $0.next() } }
}

/// What came of all runs; equal whatever thread ran which.
final class Tally: Sendable {
    struct Result: Sendable {
        var count = 0
        var coverage = Coverage()
        var traceHash: UInt64 = 0
        var failures: [(seed: UInt64, violation: String)] = []
    }

    private let state = Mutex(Result())

    var result: Result { state.withLock { $0 } }

    var hasFailed: Bool { state.withLock { !$0.failures.isEmpty } }

    func add(_ seed: UInt64, _ outcome: Simulation.Outcome) {
        state.withLock { result in
            result.count += 1
            result.coverage.add(outcome.coverage)
            // In any order the same, and not blind to which seed gave which.
            result.traceHash &+= (outcome.traceHash ^ seed) &* 0x9E37_79B9_7F4A_7C15
            if let violation = outcome.violation { result.failures.append((seed, violation)) }
        }
    }
}
