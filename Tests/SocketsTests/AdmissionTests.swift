import Sockets
import Testing

/// Who may connect, and when.
@Suite(.timeLimit(.minutes(2))) struct `A server lets in` {
    @Test func `so many connections from one address, and others when some have left`() throws {
        var limits = TLSServerLimits()
        limits.networkConnectionCountMax = 2
        let server = try EchoServer(limits: limits)
        let first = try server.connect()
        let second = try server.connect()
        #expect(throws: SocketError.self) { try server.connect(timeoutMilliseconds: 5000) }
        #expect(server.waits(for: .refused(.overflow)))
        for client in [first, second] {
            try client.send([1])
            #expect(try client.receive() == [1])
        }
        first.close()
        #expect(server.waits(for: .closed(.closedByPeer)) || server.waits(for: .ended))
        var third: TLSClientConnection?
        for _ in 0..<100 where third == nil { third = try? server.connect() }
        let client = try #require(third)
        try client.send([7])
        #expect(try client.receive() == [7])
        second.close()
    }

    @Test func `nobody who dawdles over the handshake`() throws {
        let server = try EchoServer()
        let peer = try RawSocket.connect(to: server.port)
        // Once somebody who came later is served, the one before is watched.
        let other = try server.connect()
        try other.send([1])
        #expect(try other.receive() == [1])
        // The head of a first message, byte after byte, which counts for nothing.
        for byte in [0x16, 0x03, 0x01, 0x02, 0x00] as [UInt8] {
            peer.send([byte])
            server.advance(milliseconds: 1900)
        }
        server.advance(milliseconds: 1000)
        #expect(server.waits(for: .refused(.handshakeTimeout)))
    }
}
