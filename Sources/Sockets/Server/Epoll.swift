import CLinux
import Glibc

/// What the kernel tells about many descriptors at once.
@safe
struct Epoll: ~Copyable {
    struct Event {
        let token: UInt64
        let canRead: Bool
        let canWrite: Bool
        /// Both directions are shut, or the connection broke.
        let isHungUp: Bool
    }

    private let descriptor: FileDescriptor
    private var buffer = unsafe [epoll_event](repeating: epoll_event(), count: 256)

    init() throws(SocketError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else {
            throw SocketError(.system, "The system gives no event queue: \(systemText(errno)).")
        }
        descriptor = FileDescriptor(owning: number)
    }

    func add(_ number: Int32, token: UInt64, reading: Bool, writing: Bool) -> Bool {
        control(EPOLL_CTL_ADD, number, token: token, reading: reading, writing: writing)
    }

    func change(_ number: Int32, token: UInt64, reading: Bool, writing: Bool) {
        _ = control(EPOLL_CTL_MOD, number, token: token, reading: reading, writing: writing)
    }

    func remove(_ number: Int32) {
        _ = control(EPOLL_CTL_DEL, number, token: 0, reading: false, writing: false)
    }

    private func control(
        _ operation: Int32,
        _ number: Int32,
        token: UInt64,
        reading: Bool,
        writing: Bool
    ) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events =
            (reading ? EPOLLIN.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
        unsafe event.data.u64 = token
        return unsafe epoll_ctl(descriptor.number, operation, number, &event) == 0
    }

    /// Waits until something happens; nil waits for ever.
    mutating func wait(milliseconds: Int64?) -> [Event] {
        let timeout = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        let count = unsafe epoll_wait(descriptor.number, &buffer, Int32(buffer.count), timeout)
        // Interrupted is as good as nothing happened: the caller looks at its timers and returns.
        guard count > 0 else { return [] }
        return unsafe buffer[..<Int(count)].map { event in
            let events = unsafe event.events
            let isBroken = events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
            return unsafe Event(
                token: event.data.u64,
                canRead: events & EPOLLIN.rawValue != 0,
                canWrite: events & EPOLLOUT.rawValue != 0,
                isHungUp: isBroken
            )
        }
    }
}
