import Glibc

/// The machine's clocks, for programs to hand to what needs one.
public enum SystemClock {
    /// Milliseconds since 1970, as the machine believes.
    public static func milliseconds() -> Int64 { read(CLOCK_REALTIME) }

    /// Milliseconds since some moment; never goes back.
    public static func monotonicMilliseconds() -> Int64 { read(CLOCK_MONOTONIC) }

    /// Milliseconds since some moment, those the machine slept included; never goes back.
    public static func bootMilliseconds() -> Int64 { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
