import Glibc

/// An open file descriptor, closed when it is let go.
struct FileDescriptor: ~Copyable {
    let number: Int32

    init(owning number: Int32) { self.number = number }

    deinit { close(number) }

    /// Makes reads and writes return at once, and keeps the descriptor from child processes.
    func setNonBlocking() {
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }

    /// Waits until one of `events` is there or the deadline passes; nil then.
    func wait(for events: Int32, until deadline: Int64) -> Int32? {
        while true {
            let rest = deadline - monotonicMilliseconds()
            guard rest > 0 else { return nil }
            var request = pollfd(fd: number, events: Int16(events), revents: 0)
            let count = unsafe poll(&request, 1, Int32(clamping: rest))
            if count > 0 { return Int32(request.revents) }
            if count < 0, errno != EINTR { return nil }
        }
    }
}

/// Milliseconds of a clock that never goes back.
func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

/// What the process may have open.
public enum OpenFileLimit {
    /// Raises the number of open files to what the system grants; each connection is one.
    public static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        // Where it is refused the server serves fewer at once.
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// Makes writing to a connection that the peer has left an error instead of the program's end.
///
/// OpenSSL writes with `write`, which has no other way; the setting holds for the whole process.
func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
}
