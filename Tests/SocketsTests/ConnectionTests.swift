import Signing
import Sockets
import Testing

/// Receives until `count` bytes are there or the peer ends.
func receive(_ count: Int, from client: TLSClientConnection) throws -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
        let bytes = try client.receive()
        if bytes.isEmpty { break }
        result += bytes
    }
    return result
}

@Suite(.timeLimit(.minutes(2))) struct `A client and a hub over TLS` {
    @Test func `both learn who the other is, and bytes go both ways`() throws {
        let server = try EchoServer()
        let key = PrivateKey.generate()
        let client = try server.connect(key: key)
        try client.send(Array("hello".utf8))
        #expect(try receive(5, from: client) == Array("hello".utf8))
        #expect(server.waits(for: .opened(key: key.publicKey.bytes)))
        client.close()
        #expect(server.waits(for: .closed(.closedByPeer)))
        let error = try #require(throws: SocketError.self) { try client.send([1]) }
        #expect(error.code == .closed)
    }
}
