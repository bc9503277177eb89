import Foundation

/// What the program is to do, from words like `SEEDS=1-1000`.
struct Request {
    var seeds: ClosedRange<UInt64> = 1...1000
    var eventCount = 500
    var threadCount = ProcessInfo.processInfo.activeProcessorCount
    /// Whether all that happens is printed.
    var isTraced = false
    /// Whether nothing but a failure is printed.
    var isQuiet = false
    /// Whether seeds after one that failed are run all the same.
    var goesOn = false
    /// Whether the scenarios with names are played instead of seeds.
    var playsScenarios = false
    /// After how many seconds no more seeds are begun, where a thousand were run; nil for never.
    var secondsMax: Double?
    /// Seeds between two that sign with Ed25519; the others sign with a stand-in.
    var realSignatureInterval: UInt64 = 50

    static let usage = """
        usage: galley-simulate [SEEDS=A-B|N] [EVENTS=500] [THREADS=…] [TRACE=1] [QUIET=1] [ALL=1]
        [SECONDS=…] [SCENARIOS=1] [REAL=50]
        SEEDS=A-B runs the seeds from A to B, SEEDS=N the one seed N; REAL=50 signs with Ed25519 in
        each fiftieth seed, REAL=0 in none. SECONDS=300 runs as many thousands of them as so much
        time holds, at least one. ALL=1 goes on after a seed that failed.
        """

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    init(_ words: some Sequence<String>) throws {
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw Problem(description: Self.usage) }
            switch parts[0] {
            case "SEEDS": seeds = try Self.range(parts[1])
            case "EVENTS": eventCount = Int(try Self.number(parts[1]))
            case "THREADS": threadCount = max(1, Int(try Self.number(parts[1])))
            case "TRACE": isTraced = parts[1] != "0"
            case "QUIET": isQuiet = parts[1] != "0"
            case "ALL": goesOn = parts[1] != "0"
            case "SECONDS": secondsMax = Double(try Self.number(parts[1]))
            case "SCENARIOS": playsScenarios = parts[1] != "0"
            case "REAL": realSignatureInterval = try Self.number(parts[1])
            default: throw Problem(description: Self.usage)
            }
        }
        guard eventCount > 0 else { throw Problem(description: Self.usage) }
    }

    private static func number(_ text: String) throws -> UInt64 {
        guard let number = UInt64(text), number <= 1 << 62 else {
            throw Problem(description: "'\(text)' is no number.\n\(usage)")
        }
        return number
    }

    private static func range(_ text: String) throws -> ClosedRange<UInt64> {
        let ends = try text.split(separator: "-").map { try number(String($0)) }
        guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last else {
            throw Problem(description: "'\(text)' is no range of seeds.\n\(usage)")
        }
        return first...last
    }

    /// The seeds in parts, between which the time is looked at.
    var parts: [ClosedRange<UInt64>] {
        guard secondsMax != nil else { return [seeds] }
        return stride(from: seeds.lowerBound, through: seeds.upperBound, by: 1_000).map {
            $0...min($0 + 999, seeds.upperBound)
        }
    }

    /// Whether a seed signs with Ed25519.
    func hasRealSignatures(_ seed: UInt64) -> Bool {
        realSignatureInterval > 0 && seed % realSignatureInterval == 0
    }
}
