import Glibc

/// A plain TCP socket on loopback, without any protocol; every call blocks.
final class RawSocket: Sendable {
    let number: Int32

    struct Failure: Error { let text: String }

    private init(number: Int32) { self.number = number }

    deinit { close(number) }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func with(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, &size)
            }
        }
    }

    /// Connects to a port of this machine.
    static func connect(to port: Int) throws -> RawSocket {
        let result = RawSocket(number: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = address(port: port)
        let status = unsafe with(&address) { unsafe Glibc.connect(result.number, $0, $1.pointee) }
        guard status == 0 else { throw Failure(text: "connect: \(errno)") }
        return result
    }

    /// Listens on a free port.
    static func listen() throws -> (socket: RawSocket, port: Int) {
        let result = RawSocket(number: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = address(port: 0)
        var status = unsafe with(&address) { unsafe bind(result.number, $0, $1.pointee) }
        guard status == 0, Glibc.listen(result.number, 16) == 0 else {
            throw Failure(text: "listen: \(errno)")
        }
        status = unsafe with(&address) { unsafe getsockname(result.number, $0, $1) }
        guard status == 0 else { throw Failure(text: "getsockname: \(errno)") }
        return (result, Int(UInt16(bigEndian: address.sin_port)))
    }

    func accept() throws -> RawSocket {
        let number = Glibc.accept(number, nil, nil)
        guard number >= 0 else { throw Failure(text: "accept: \(errno)") }
        return RawSocket(number: number)
    }

    /// Sends all bytes; false where the peer has left.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    number,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What came; empty at the end, and where the connection broke.
    func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = unsafe recv(number, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    func finishSending() { shutdown(number, Int32(SHUT_WR)) }

    /// Makes the next close reset the connection.
    func abort() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            number,
            SOL_SOCKET,
            SO_LINGER,
            &option,
            socklen_t(MemoryLayout<linger>.size)
        )
        shutdown(number, Int32(SHUT_RDWR))
    }
}
