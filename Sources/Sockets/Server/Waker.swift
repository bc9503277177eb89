import CLinux
import Glibc

/// Wakes a server from another thread.
public final class Waker: Sendable {
    let descriptor: FileDescriptor

    init() throws(SocketError) {
        let number = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard number >= 0 else {
            throw SocketError(.system, "The system gives no event counter: \(systemText(errno)).")
        }
        descriptor = FileDescriptor(owning: number)
    }

    /// Makes the server's next turn come at once.
    public func wake() { eventfd_write(descriptor.number, 1) }

    func clear() {
        var count: eventfd_t = 0
        unsafe eventfd_read(descriptor.number, &count)
    }
}

/// Signals turned into events, so that nothing happens in the middle of something else.
public final class SignalWatch: Sendable {
    let descriptor: FileDescriptor

    /// Takes over `signals` for the whole process; call it before any thread is started.
    public init(_ signals: [Int32]) throws(SocketError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        // Threads inherit the mask: blocked everywhere, the signals wait for the descriptor.
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        let number = unsafe signalfd(
            -1,
            &set,
            Int32(SFD_NONBLOCK | SFD_CLOEXEC)
        )
        guard number >= 0 else {
            throw SocketError(.system, "The system gives no signal queue: \(systemText(errno)).")
        }
        descriptor = FileDescriptor(owning: number)
    }

    /// The next signal that came, nil when there is none.
    func next() -> Int32? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        let count = unsafe read(descriptor.number, &info, size)
        return count == size ? Int32(bitPattern: info.ssi_signo) : nil
    }
}
