import Glibc

/// The CPU time that this process took, all threads together, in milliseconds.
func cpuMilliseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
}

/// The CPU milliseconds since `start`, as `clock()` gave it.
func elapsed(since start: clock_t) -> Double {
    Double(clock() - start) * 1_000 / Double(CLOCKS_PER_SEC)
}

/// The memory of this process that is in use.
///
/// Read without Foundation, whose own memory would count.
func residentKilobytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = fread(&buffer, 1, buffer.count, file)
    let fields = buffer.prefix(count).split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else {
        return 0
    }
    return pages * sysconf(Int32(_SC_PAGESIZE)) / 1_024
}
