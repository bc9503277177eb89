import Glibc

/// Times as the clock on this machine's wall shows them.
public enum LocalTime {
    /// How many seconds the wall clock was, or will be, ahead of UTC at a time in milliseconds since
    /// 1970; by the variable TZ or the machine's setting.
    public static func offsetSeconds(at milliseconds: Int64) -> Int {
        var time = time_t(milliseconds / 1000)
        var parts = unsafe tm()
        guard unsafe localtime_r(&time, &parts) != nil else { return 0 }
        return unsafe parts.tm_gmtoff
    }
}
