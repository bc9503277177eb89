import EditingTraces
import Foundation

/// Runs files of conflict cases: event graphs with what people must see of them.
enum ConflictBenchmark {
    /// The orders in which each case's changes are given, beside the file's own.
    private static let orderCount: UInt64 = 8

    /// One line of JSON a file; false at the first case that is not as it must be.
    static func check(_ files: [String]) throws -> Bool {
        for file in files {
            let cases = try ConflictCase.cases(at: URL(filePath: file))
            let start = clock()
            for one in cases {
                for order in 0...orderCount {
                    if let difference = try one.difference(order: order) {
                        print(difference)
                        return false
                    }
                }
            }
            if let difference = try tokenDifference(cases) {
                print(difference)
                return false
            }
            let name = URL(filePath: file).lastPathComponent
            let changes = cases.reduce(0) { $0 + $1.changeCount }
            let time = String(format: "%.1f", elapsed(since: start))
            print(
                #"{"file":"\#(name)","cases":\#(cases.count),"changes":\#(changes),"#
                    + #""orders":\#(orderCount + 1),"cpu_ms":\#(time),"right":true}"#
            )
        }
        return true
    }

    /// Where tokens are equal that must differ, or differ where they must be equal.
    private static func tokenDifference(_ cases: [ConflictCase]) throws -> String? {
        var known: [String: [UInt8]] = [:]
        var givenFor: [[UInt8]: String] = [:]
        for one in cases {
            for (given, bytes) in try one.tokens() {
                guard known[given, default: bytes] == bytes,
                    givenFor[bytes, default: given] == given
                else {
                    return "\(one.name): token \(given) goes with two of ours, or ours with two"
                }
                known[given] = bytes
                givenFor[bytes] = given
            }
        }
        return nil
    }
}
