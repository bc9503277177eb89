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
        #expect(server.waits(for: .closed(.closedByPeer)) || server.waits(for: .ended))
        let error = try #require(throws: SocketError.self) { try client.send([1]) }
        #expect(error.code == .closed)
    }

    @Test func `a sync with nothing to do stays below 1,500 bytes`() throws {
        let server = try EchoServer()
        let client = try server.connect()
        // A HELLO of 170 bytes, a WELCOME of 120, and both ends announced.
        try client.send([UInt8(ascii: "x")] + [UInt8](repeating: 7, count: 169))
        // The echo is 49 bytes longer than the answer of a hub.
        let excess = 169 - 120
        #expect(try receive(169, from: client).count == 169)
        #expect(try client.receive().isEmpty)
        client.close()
        let total = client.byteCountSent + client.byteCountReceived - excess
        #expect(total <= 1500, "\(client.byteCountSent) up, \(client.byteCountReceived) down")
        #expect(total > 1300, "the counters leave something out")
    }

    @Test func `a large answer arrives whole, however much of it waits`() throws {
        let server = try EchoServer()
        let client = try server.connect()
        let count = 8_000_000
        let header = (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
        try client.send([UInt8(ascii: "!")] + header)
        // The hub has filled what it may before anything is read.
        let answer = try receive(count, from: client)
        #expect(answer.count == count)
        let expected = (0..<count).lazy.map { UInt8(truncatingIfNeeded: count - $0) }
        #expect(answer.elementsEqual(expected))
        #expect(server.waits(for: .drained))
    }

    @Test func `both may write at once without waiting for each other`() throws {
        let server = try EchoServer()
        let client = try server.connect()
        // More than both sockets' buffers and the hub's queue hold: who does not read while it
        // writes hangs here.
        let sent = (0..<6_000_000).map { UInt8(truncatingIfNeeded: $0 / 251 + 1) }
        try client.send(sent)
        #expect(try receive(sent.count, from: client) == sent)
    }

    @Test func `after its end is announced a client still receives`() throws {
        let server = try EchoServer()
        let client = try server.connect()
        try client.send(Array("last words".utf8))
        client.finishSending()
        #expect(try receive(100, from: client) == Array("last wordsbye".utf8))
        #expect(try client.receive().isEmpty)
        #expect(server.waits(for: .ended))
        #expect(server.reason() == .closedByPeer)
    }

    @Test func `what a hub says last arrives although the client still sends`() throws {
        let server = try EchoServer()
        let client = try server.connect()
        let words = Array("xyou sent something wrong".utf8)
        // The hub answers the first message and leaves; the rest is never read by it.
        try client.send(words)
        for _ in 0..<2_000 { try client.send([UInt8](repeating: 1, count: 10_000)) }
        #expect(try receive(words.count - 1, from: client) == Array(words.dropFirst()))
    }

    @Test func `two hundred connections live at once`() throws {
        let server = try EchoServer()
        let clients = try (0..<200).map { _ in try server.connect() }
        for (number, client) in clients.enumerated() {
            try client.send(Array("client \(number)".utf8))
        }
        for (number, client) in clients.enumerated() {
            let expected = Array("client \(number)".utf8)
            #expect(try receive(expected.count, from: client) == expected)
        }
        for client in clients { client.close() }
        #expect(server.waits(for: 200) { $0 == .closed(.closedByPeer) })
    }

    @Test func `IPv6 and names work as well`() throws {
        let server = try EchoServer()
        let client = try TLSClientConnection(
            host: "localhost",
            port: server.port,
            key: .generate(),
            pinnedHubKey: server.hubKey.publicKey.bytes,
            timeoutMilliseconds: 30_000
        )
        try client.send([5])
        #expect(try client.receive() == [5])
    }
}

@Suite struct `A place that people write` {
    @Test(arguments: [
        ("hub.example:4481", "hub.example", 4481, "hub.example:4481"),
        ("hub.example", "hub.example", 4480, "hub.example:4480"),
        ("127.0.0.1:0", "127.0.0.1", 0, "127.0.0.1:0"),
        ("[::1]:65535", "::1", 65535, "[::1]:65535"),
        ("[::1]", "::1", 4480, "[::1]:4480"),
        (":4480", "", 4480, "*:4480"),
        ("*:1", "", 1, "*:1"),
    ])
    func `is read and written back`(_ text: String, host: String, port: Int, _ canonical: String) {
        #expect(HostPort(text) == HostPort(host: host, port: port))
        #expect(HostPort(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ":", "host:", "host:65536", "host:x", "host:-1", "::1", "::1:4480", "[::1", "[host]:1",
        "a b:1", "host:123456", "host\n:1",
    ])
    func `is refused where it is none`(_ text: String) { #expect(HostPort(text) == nil) }
}
