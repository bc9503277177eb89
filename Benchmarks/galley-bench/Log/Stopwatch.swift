import Glibc

/// Wall time and this process's CPU time, summed over stretches.
struct Stopwatch {
    private(set) var seconds = 0.0
    private(set) var cpuSeconds = 0.0

    /// Does `body` and adds what it took.
    mutating func measure<Result: ~Copyable>(_ body: () throws -> Result) rethrows -> Result {
        let start = (Self.read(CLOCK_MONOTONIC), Self.read(CLOCK_PROCESS_CPUTIME_ID))
        defer {
            seconds += Self.read(CLOCK_MONOTONIC) - start.0
            cpuSeconds += Self.read(CLOCK_PROCESS_CPUTIME_ID) - start.1
        }
        return try body()
    }

    /// What `body` takes.
    static func time(_ body: () throws -> Void) rethrows -> Stopwatch {
        var watch = Stopwatch()
        try watch.measure(body)
        return watch
    }

    /// What is left when `other` is taken away.
    func without(_ other: Stopwatch) -> Stopwatch {
        var rest = self
        rest.seconds -= other.seconds
        rest.cpuSeconds -= other.cpuSeconds
        return rest
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
