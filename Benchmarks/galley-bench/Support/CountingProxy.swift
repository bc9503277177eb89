import Foundation
import Glibc
import Synchronization

/// A TCP proxy on loopback that counts the bytes it carries and the changes of direction.
final class CountingProxy: Sendable {
    struct Count: Sendable {
        var up = 0
        var down = 0
        var turns = 0
        var lastWasUp: Bool?
        var total: Int { up + down }
    }

    let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let count = Mutex(Count())

    init(to target: UInt16) throws {
        self.target = target
        (listener, port) = try Self.boundSocket()
        guard listen(listener, 64) == 0 else {
            throw Command.Failure(description: "cannot listen on loopback")
        }
        Thread.detachNewThread { [self] in accept() }
    }

    /// A port that was free a moment ago, for programs that can't choose one themselves.
    static func unusedPort() throws -> UInt16 {
        let (probe, port) = try boundSocket()
        close(probe)
        return port
    }

    private static func boundSocket() throws -> (socket: Int32, port: UInt16) {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, size) == 0 && getsockname(made, $0, &size) == 0
            }
        }
        guard bound else { throw Command.Failure(description: "no free port on loopback") }
        return (made, UInt16(bigEndian: address.sin_port))
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    /// Gives what was counted since the last call.
    func take() -> Count {
        count.withLock { count in
            defer { count = Count() }
            return count
        }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let hub = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.loopback(port: target)
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(hub, $0, size) == 0
                }
            }
            guard connected else {
                close(client)
                close(hub)
                continue
            }
            for end in [client, hub] {
                var on: Int32 = 1
                setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
            }
            Thread.detachNewThread { [self] in pump(client: client, hub: hub) }
        }
    }

    private func pump(client: Int32, hub: Int32) {
        var buffer = [UInt8](repeating: 0, count: 262_144)
        var ends = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: hub, events: Int16(POLLIN), revents: 0),
        ]
        var open = 2
        while open > 0, poll(&ends, 2, -1) > 0 {
            for index in 0..<2 where ends[index].revents != 0 {
                let from = ends[index].fd
                let to = index == 0 ? hub : client
                let got = read(from, &buffer, buffer.count)
                if got <= 0 {
                    ends[index].fd = -1
                    shutdown(to, Int32(SHUT_WR))
                    open -= 1
                    continue
                }
                count.withLock {
                    if index == 0 { $0.up += got } else { $0.down += got }
                    if $0.lastWasUp != (index == 0) { $0.turns += 1 }
                    $0.lastWasUp = index == 0
                }
                var sent = 0
                while sent < got {
                    let wrote = buffer.withUnsafeBytes { bytes in
                        bytes.baseAddress.map { write(to, $0 + sent, got - sent) } ?? -1
                    }
                    guard wrote > 0 else { break }
                    sent += wrote
                }
            }
        }
        close(client)
        close(hub)
    }
}
