import Synchronization

/// Named numbers that only code adds to and reports read, from any thread.
public final class Counters: Sendable {
    private let values = Mutex<[String: Int64]>([:])

    /// Starts with no numbers.
    public init() {}

    /// Adds to a number, which begins at 0; stops at the greatest Int64 instead of trapping.
    public func add(_ name: String, _ amount: Int64 = 1) {
        values.withLock { values in
            let (sum, overflow) = values[name, default: 0].addingReportingOverflow(amount)
            values[name] = overflow ? (amount < 0 ? .min : .max) : sum
        }
    }

    /// Sets a number that goes up and down, such as open connections.
    public func set(_ name: String, _ value: Int64) {
        values.withLock { $0[name] = value }
    }

    /// One number; 0 where nothing was added.
    public subscript(name: String) -> Int64 { values.withLock { $0[name, default: 0] } }

    /// All numbers at one moment, by name.
    public var snapshot: [(name: String, value: Int64)] {
        values.withLock { $0.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) } }
    }
}
