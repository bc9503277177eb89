import Glibc

/// Sockets in their three uses: connecting, listening, accepted.
///
/// All are non-blocking and send without delay.
enum TCP {
    /// Connects to the first address of `host` that answers before the deadline.
    static func connect(
        host: String,
        port: Int,
        deadline: Int64
    ) throws(SocketError) -> FileDescriptor {
        let peer = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var failure = SocketError.timedOut(peer: peer)
        for address in try SocketAddress.resolve(host: host, port: port) {
            do throws(SocketError) {
                return try connect(to: address, peer: peer, deadline: deadline)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func connect(
        to address: SocketAddress,
        peer: String,
        deadline: Int64
    ) throws(SocketError) -> FileDescriptor {
        let descriptor = try makeSocket(family: address.family, peer: peer)
        setNoDelay(descriptor)
        let status = unsafe withSocketAddress(address) { pointer, size in
            unsafe Glibc.connect(descriptor.number, pointer, size)
        }
        guard status != 0 else { return descriptor }
        // An interrupted connect goes on by itself, as one that is in progress.
        guard errno == EINPROGRESS || errno == EINTR else { throw .system(errno, peer: peer) }
        guard descriptor.wait(for: Int32(POLLOUT), until: deadline) != nil else {
            throw .timedOut(peer: peer)
        }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &failure, &size)
        guard failure == 0 else { throw .system(failure, peer: peer) }
        return descriptor
    }

    /// A socket that takes connections, and where it does.
    struct Listener: ~Copyable {
        let descriptor: FileDescriptor
        let address: SocketAddress

        func accept() -> Accepted { TCP.accept(descriptor) }
    }

    /// Listens on the first address of `host` that can be had; port 0 takes a free one.
    static func listen(
        host: String,
        port: Int
    ) throws(SocketError) -> Listener {
        var failure = SocketError(.cannotResolve, "No address is known for '\(host)'.")
        var addresses = try SocketAddress.resolve(host: host, port: port, passive: true)
        // For every address of the machine IPv6's comes first: it takes IPv4 as well.
        if host.isEmpty {
            addresses =
                addresses.filter { $0.family == AF_INET6 }
                + addresses.filter { $0.family != AF_INET6 }
        }
        for address in addresses {
            do throws(SocketError) {
                return try listen(on: address)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func listen(
        on address: SocketAddress
    ) throws(SocketError) -> Listener {
        let descriptor = try makeSocket(family: address.family, peer: address.description)
        // A hub that restarts takes its port back while old connections time out.
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
        let status = unsafe withSocketAddress(address) { pointer, size in
            unsafe bind(descriptor.number, pointer, size)
        }
        guard status == 0, Glibc.listen(descriptor.number, SOMAXCONN) == 0 else {
            throw listenFailure(errno, address: address)
        }
        var bytes = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
        var size = socklen_t(bytes.count)
        let named = unsafe bytes.withUnsafeMutableBytes { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return -1 }
            return unsafe getsockname(
                descriptor.number,
                base.assumingMemoryBound(to: sockaddr.self),
                &size
            )
        }
        guard named == 0,
            let actual = SocketAddress(
                storage: Array(bytes.prefix(Int(size))),
                family: address.family
            )
        else { throw listenFailure(errno, address: address) }
        return Listener(descriptor: descriptor, address: actual)
    }

    /// What came of looking for a connection that waits to be accepted.
    enum Accepted: ~Copyable {
        case connection(FileDescriptor, from: String, PeerNetwork)
        case none
        /// No file descriptor or memory is left: try again later.
        case exhausted
    }

    static func accept(_ listener: borrowing FileDescriptor) -> Accepted {
        while true {
            var bytes = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
            var size = socklen_t(bytes.count)
            let number = unsafe bytes.withUnsafeMutableBytes { buffer -> Int32 in
                guard let base = buffer.baseAddress else { return -1 }
                return unsafe Glibc.accept(
                    listener.number,
                    base.assumingMemoryBound(to: sockaddr.self),
                    &size
                )
            }
            guard number >= 0 else {
                switch errno {
                case EAGAIN: return .none
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
                // The peer has left again, or a signal came: look for the next.
                case EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTDOWN, ENETUNREACH, EHOSTUNREACH:
                    continue
                default: return .none
                }
            }
            let descriptor = FileDescriptor(owning: number)
            descriptor.setNonBlocking()
            setNoDelay(descriptor)
            let family = bytes.count > 1 ? Int32(bytes[0]) | Int32(bytes[1]) << 8 : AF_INET
            let peer = SocketAddress(storage: Array(bytes.prefix(Int(size))), family: family)
            return .connection(
                descriptor,
                from: peer?.description ?? "unknown",
                peer.map { PeerNetwork($0) } ?? PeerNetwork([])
            )
        }
    }

    private static func makeSocket(
        family: Int32,
        peer: String
    ) throws(SocketError) -> FileDescriptor {
        let number = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { throw .system(errno, peer: peer) }
        let descriptor = FileDescriptor(owning: number)
        descriptor.setNonBlocking()
        return descriptor
    }

    private static func setNoDelay(_ descriptor: borrowing FileDescriptor) {
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
    }

    private static func setOption(
        _ descriptor: borrowing FileDescriptor,
        _ level: Int32,
        _ option: Int32
    ) {
        var on: Int32 = 1
        unsafe setsockopt(
            descriptor.number,
            level,
            option,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    private static func withSocketAddress(
        _ address: SocketAddress,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        unsafe address.storage.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return -1 }
            return unsafe body(
                base.assumingMemoryBound(to: sockaddr.self),
                socklen_t(buffer.count)
            )
        }
    }

    private static func listenFailure(_ number: Int32, address: SocketAddress) -> SocketError {
        switch number {
        case EADDRINUSE:
            SocketError(
                .addressInUse,
                "\(address) is taken by another program: stop it, or listen on another port."
            )
        case EACCES, EPERM:
            SocketError(
                .notPermitted,
                "This user may not listen on \(address): take a port above 1023."
            )
        default:
            SocketError(.system, "Cannot listen on \(address): \(systemText(number)).")
        }
    }
}
