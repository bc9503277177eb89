import Glibc

/// A numeric address and port of TCP over IPv4 or IPv6.
public struct SocketAddress: Sendable, CustomStringConvertible {
    /// The address in digits, without a port.
    public let host: String
    /// The port.
    public let port: Int

    let family: Int32
    /// The system's `sockaddr`, as bytes.
    let storage: [UInt8]

    /// `127.0.0.1:4480` or `[::1]:4480`.
    public var description: String {
        family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    init?(storage: [UInt8], family: Int32) {
        var host = [CChar](repeating: 0, count: 64)
        var service = [CChar](repeating: 0, count: 16)
        let status = unsafe storage.withUnsafeBytes { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return -1 }
            return unsafe getnameinfo(
                base.assumingMemoryBound(to: sockaddr.self),
                socklen_t(buffer.count),
                &host,
                socklen_t(host.count),
                &service,
                socklen_t(service.count),
                NI_NUMERICHOST | NI_NUMERICSERV
            )
        }
        guard status == 0, let port = Int(text(service)) else { return nil }
        self.host = text(host)
        self.port = port
        self.family = family
        self.storage = storage
    }

    /// The addresses of `host` in the order the system prefers them.
    ///
    /// Blocks while a name server is asked. With `passive`, an empty host means every address of
    /// this machine.
    static func resolve(
        host: String,
        port: Int,
        passive: Bool = false
    ) throws(SocketError) -> [SocketAddress] {
        guard (0...65_535).contains(port), passive || port > 0 else {
            throw SocketError(.invalidAddress, "\(port) is no port: take one from 1 to 65535.")
        }
        guard host.utf8.count <= 255, !host.utf8.contains(0), passive || !host.isEmpty else {
            throw SocketError(.invalidAddress, "'\(host.prefix(40))' is no name of a machine.")
        }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : AI_ADDRCONFIG)
        var list: UnsafeMutablePointer<addrinfo>?
        var status = unsafe getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &list)
        if status != 0, !passive {
            // AI_ADDRCONFIG hides loopback addresses on a machine without any network.
            unsafe hints.ai_flags = AI_NUMERICSERV
            status = unsafe getaddrinfo(host, String(port), &hints, &list)
        }
        guard status == 0 else {
            let reason = unsafe String(cString: gai_strerror(status))
            throw SocketError(
                .cannotResolve,
                "No address is known for '\(host)': \(reason). Check the spelling and the network."
            )
        }
        defer { unsafe freeaddrinfo(list) }
        var result: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe entry.pointee.ai_addr {
                let bytes = unsafe Array(
                    UnsafeRawBufferPointer(
                        start: address,
                        count: Int(entry.pointee.ai_addrlen)
                    )
                )
                let family = unsafe entry.pointee.ai_family
                if let address = SocketAddress(storage: bytes, family: family) {
                    result.append(address)
                }
            }
            unsafe next = entry.pointee.ai_next
        }
        guard !result.isEmpty else {
            throw SocketError(.cannotResolve, "No address is known for '\(host)'.")
        }
        return result
    }
}

private func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
