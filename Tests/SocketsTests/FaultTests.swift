import Foundation
import Signing
import Sockets
import Testing

@Suite(.timeLimit(.minutes(3))) struct `Connections that break` {
    private func client(through proxy: FaultyProxy, of server: EchoServer) throws(SocketError)
        -> TLSClientConnection
    {
        try TLSClientConnection(
            host: "127.0.0.1",
            port: proxy.port,
            key: .generate(),
            pinnedHubKey: server.hubKey.publicKey.bytes,
            timeoutMilliseconds: 30_000
        )
    }

    /// Sends 1,000 bytes and reads them back over a proxy; what came, or why not.
    private func exchange(
        _ server: EchoServer,
        _ proxy: FaultyProxy
    ) -> Result<Int, SocketError> {
        do throws(SocketError) {
            let client = try client(through: proxy, of: server)
            try client.send([UInt8](repeating: 3, count: 1000))
            var count = 0
            while count < 1000 {
                let bytes = try client.receive()
                // An end that nobody announced must never look like an announced one.
                if bytes.isEmpty { return .success(count) }
                count += bytes.count
            }
            return .success(count)
        } catch {
            return .failure(error)
        }
    }

    @Test func `a cut anywhere is told from an end, on either side`() throws {
        let server = try EchoServer()
        for place in stride(from: 0, through: 1_500, by: 37) {
            let up = exchange(server, try FaultyProxy(to: server.port, up: .cut(after: place)))
            #expect(up == .failure(.closedEarlyForTest), "cut after \(place) bytes up: \(up)")
            let down = exchange(server, try FaultyProxy(to: server.port, down: .cut(after: place)))
            #expect(down == .failure(.closedEarlyForTest), "after \(place) bytes down: \(down)")
        }
        #expect(exchange(server, try FaultyProxy(to: server.port)) == .success(1000))
    }

    @Test func `a turned bit anywhere is noticed by one side or the other`() throws {
        let server = try EchoServer()
        for place in stride(from: 6, through: 1_400, by: 41) {
            for proxy in [
                try FaultyProxy(to: server.port, up: .flip(at: place)),
                try FaultyProxy(to: server.port, down: .flip(at: place)),
            ] {
                guard case .failure(let error) = exchange(server, proxy) else {
                    Issue.record("an altered byte at \(place) went unseen")
                    continue
                }
                #expect(!error.message.isEmpty)
            }
        }
        #expect(exchange(server, try FaultyProxy(to: server.port)) == .success(1000))
    }
}

extension SocketError {
    fileprivate static var closedEarlyForTest: SocketError { SocketError(.closedEarly, "") }
}

@Suite(.timeLimit(.minutes(2))) struct `Limits of a hub` {
    @Test func `a handshake that does not come on is given up after its time`() throws {
        let server = try EchoServer()
        let silent = try RawSocket.connect(to: server.port)
        silent.send([0x16])
        // Two turns lie between: the connection is there when an honest one is.
        let client = try server.connect()
        try client.send([1])
        #expect(try client.receive() == [1])
        server.advance(milliseconds: 9_000)
        try client.send([2])
        #expect(try client.receive() == [2])
        server.advance(milliseconds: 1_001)
        #expect(server.waits(for: .refused(.handshakeTimeout)))
        #expect(silent.receive().isEmpty)
        try client.send([3])
        #expect(try client.receive() == [3])
    }

    @Test func `a client that says nothing after the handshake is given up as soon`() throws {
        let server = try EchoServer()
        let key = PrivateKey.generate()
        let silent = try server.connect(key: key)
        #expect(server.waits(for: .opened(key: key.publicKey.bytes)))
        server.advance(milliseconds: 10_001)
        #expect(server.waits(for: .closed(.idle)))
        #expect(try silent.receive().isEmpty)
    }

    @Test func `a connection without a byte for long is closed, another is not`() throws {
        let server = try EchoServer()
        let idle = try server.connect()
        try idle.send([1])
        #expect(try idle.receive() == [1])
        // Whoever is answered later proves that the server has noted the time of the first.
        let busy = try server.connect()
        try busy.send([1])
        #expect(try busy.receive() == [1])
        server.advance(milliseconds: 100_000)
        try busy.send([1])
        #expect(try busy.receive() == [1])
        server.advance(milliseconds: 80_001)
        #expect(server.waits(for: .closed(.idle)))
        #expect(try idle.receive().isEmpty)
        try busy.send([2])
        #expect(try busy.receive() == [2])
    }

    @Test func `connections above the limit are turned away`() throws {
        var limits = TLSServerLimits()
        limits.connectionCountMax = 3
        let server = try EchoServer(limits: limits)
        let clients = try (0..<3).map { _ in try server.connect() }
        for client in clients {
            try client.send([1])
            #expect(try client.receive() == [1])
        }
        #expect(throws: SocketError(.closedEarly, "")) { try server.connect() }
        #expect(server.waits(for: .refused(.overflow)))
        clients[0].close()
        #expect(server.waits(for: .closed(.closedByPeer)))
        try clients[1].send([2])
        #expect(try clients[1].receive() == [2])
    }

    @Test func `who sends more than a connection keeps loses it`() throws {
        var limits = TLSServerLimits()
        limits.outgoingByteCountHigh = 10_000
        limits.outgoingByteCountMax = 20_000
        let server = try EchoServer(limits: limits)
        let client = try server.connect()
        // The delegate hands in 50,000 bytes at a time, above the greatest queue.
        try client.send([UInt8(ascii: "!"), 0, 1, 0, 0])
        #expect(throws: SocketError.self) {
            while try !client.receive().isEmpty {}
        }
        #expect(server.waits(for: .closed(.overflow)))
    }

    @Test func `stopping turns new clients away, and waits for those that are there`() throws {
        let server = try EchoServer()
        let client = try server.connect()
        try client.send([1])
        #expect(try client.receive() == [1])
        server.stop(withinMilliseconds: 60_000)
        // The stop is one event, the echo a later one.
        try client.send([2])
        #expect(try client.receive() == [2])
        #expect(throws: SocketError(.refused, "")) { try server.connect() }
        client.close()
        #expect(server.waits(for: .finished))
    }

    @Test func `stopping drops who stays beyond the time given`() throws {
        let server = try EchoServer()
        let client = try server.connect()
        try client.send([1])
        #expect(try client.receive() == [1])
        server.stop(withinMilliseconds: 1_000)
        server.advance(milliseconds: 1_001)
        #expect(server.waits(for: .finished))
        #expect(server.waits(for: .closed(.stopped)))
        withExtendedLifetime(client) {}
    }

    @Test func `a port that is taken is named`() throws {
        let server = try EchoServer()
        let error = try #require(throws: SocketError.self) {
            try TLSServer(
                host: "127.0.0.1",
                port: server.port,
                key: .generate(),
                clock: { 0 }
            )
        }
        #expect(error.code == .addressInUse)
        #expect(error.message.contains("127.0.0.1:\(server.port)"))
    }
}
