import COpenSSL
import Foundation
import Signing
import Sockets
import Testing

/// Whether the server still serves an honest client after all that.
private func serves(_ server: EchoServer) throws -> Bool {
    let client = try server.connect()
    try client.send([42])
    return try client.receive() == [42]
}

private func failure(_ reason: CloseReason?) -> SocketError.Code? {
    if case .failed(let error) = reason { error.code } else { nil }
}

@Suite(.timeLimit(.minutes(2))) struct `What a hub refuses` {
    private func meet(
        _ server: EchoServer,
        _ change: (inout StrangePeer.Settings) -> Void
    ) throws -> (reason: CloseReason?, answer: [UInt8]?) {
        var settings = StrangePeer.Settings()
        change(&settings)
        let peer = StrangePeer(over: try RawSocket.connect(to: server.port), settings)
        var answer: [UInt8]?
        // In TLS 1.3 a client may believe itself connected before the hub has seen its key.
        if peer.handshake(), peer.send([1, 2, 3]) { answer = peer.receive() }
        return (server.reason(), answer)
    }

    @Test func `a stranger's OpenSSL with the right settings is taken`() throws {
        let server = try EchoServer()
        let peer = StrangePeer(over: try RawSocket.connect(to: server.port), .init())
        #expect(peer.handshake())
        #expect(peer.send([1, 2, 3]))
        #expect(peer.receive() == [1, 2, 3])
    }

    @Test func `a client without a certificate`() throws {
        let server = try EchoServer()
        let (reason, answer) = try meet(server) { $0.key = .none }
        #expect(failure(reason) == .noCertificate)
        #expect(answer == nil)
        #expect(try serves(server))
    }

    @Test(arguments: [true, false])
    func `a client with a key of another kind`(_ isRSA: Bool) throws {
        let server = try EchoServer()
        let (reason, answer) = try meet(server) { $0.key = isRSA ? .rsa : .ellipticCurve }
        let code = try #require(failure(reason))
        #expect([.noCertificate, .unusableKey, .notTLS].contains(code), "\(code)")
        #expect(answer == nil)
        #expect(try serves(server))
    }

    @Test func `TLS 1.2`() throws {
        let server = try EchoServer()
        let (reason, answer) = try meet(server) { $0.versionMax = TLS1_2_VERSION }
        #expect(failure(reason) == .notTLS)
        #expect(answer == nil)
        #expect(try serves(server))
    }

    @Test(arguments: [nil, [2] + Array("h2".utf8), [8] + Array("galley/2".utf8)] as [[UInt8]?])
    func `another application protocol, or none`(_ name: [UInt8]?) throws {
        let server = try EchoServer()
        let (reason, answer) = try meet(server) { $0.applicationProtocol = name }
        #expect(failure(reason) == .otherProtocol)
        #expect(answer == nil)
        #expect(try serves(server))
    }

    @Test func `our protocol is found behind others`() throws {
        let server = try EchoServer()
        var settings = StrangePeer.Settings()
        settings.applicationProtocol = [2] + Array("h2".utf8) + [8] + Array("galley/1".utf8)
        let peer = StrangePeer(over: try RawSocket.connect(to: server.port), settings)
        #expect(peer.handshake())
        #expect(peer.send([9]))
        #expect(peer.receive() == [9])
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\nHost: hub\r\n\r\n".utf8),
        [UInt8](repeating: 0, count: 5000),
        [0x16, 0x03, 0x01, 0x40, 0x00] + [UInt8](repeating: 0xFF, count: 16_384),
        [0x17, 0x03, 0x03, 0x00, 0x01, 0x00],
    ])
    func `garbage instead of a first message`(_ bytes: [UInt8]) throws {
        let server = try EchoServer()
        let peer = try RawSocket.connect(to: server.port)
        peer.send(bytes)
        peer.finishSending()
        let code = try #require(failure(server.reason()))
        #expect([.notTLS, .closedEarly].contains(code), "\(code)")
        while !peer.receive().isEmpty {}
        #expect(try serves(server))
    }

    @Test func `a peer that leaves at once or breaks off`() throws {
        let server = try EchoServer()
        do {
            let peer = try RawSocket.connect(to: server.port)
            peer.abort()
            let other = try RawSocket.connect(to: server.port)
            other.finishSending()
            #expect(server.waits(for: 2) { if case .refused = $0 { true } else { false } })
        }
        #expect(try serves(server))
    }

    @Test func `a key of small order, for which anybody can sign`() throws {
        var identity = [UInt8](repeating: 0, count: 32)
        identity[0] = 1
        #expect(!PeerKeyCheck.isUsable(identity))
        #expect(PeerKeyCheck.isUsable(PrivateKey.generate().publicKey.bytes))
    }
}

@Suite(.timeLimit(.minutes(2))) struct `What a client finds out` {
    private func error(
        port: Int,
        host: String = "127.0.0.1",
        pinning pinned: [UInt8] = PrivateKey.generate().publicKey.bytes,
        timeoutMilliseconds: Int = 30_000
    ) throws -> SocketError {
        try #require(throws: SocketError.self) {
            let client = try TLSClientConnection(
                host: host,
                port: port,
                key: .generate(),
                pinnedHubKey: pinned,
                timeoutMilliseconds: timeoutMilliseconds
            )
            try client.send([1])
            _ = try client.receive()
        }
    }

    /// A server of one connection, on a thread of its own.
    private func serveOnce(_ body: @escaping @Sendable (RawSocket) -> Void) throws -> Int {
        let (listener, port) = try RawSocket.listen()
        Thread {
            guard let socket = try? listener.accept() else { return }
            body(socket)
        }.start()
        return port
    }

    @Test func `a hub with another key, both keys named`() throws {
        let server = try EchoServer()
        let pinned = PrivateKey.generate().publicKey.bytes
        let error = try #require(throws: SocketError.self) { try server.connect(pinning: pinned) }
        #expect(error.code == .wrongHubKey)
        for key in [pinned, server.hubKey.publicKey.bytes] {
            let text = key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(error.message.contains(text))
        }
        #expect(failure(server.reason()) == .certificateRefused)
        #expect(try serves(server))
    }

    @Test func `a hub with a key of another kind`() throws {
        let port = try serveOnce { socket in
            var settings = StrangePeer.Settings()
            settings.isServer = true
            settings.key = .rsa
            _ = StrangePeer(over: socket, settings).handshake()
        }
        let code = try error(port: port).code
        #expect([.notTLS, .unusableKey].contains(code), "\(code)")
    }

    @Test func `a hub that refuses this device, at the first read`() throws {
        let key = PrivateKey.generate()
        let port = try serveOnce { socket in
            var settings = StrangePeer.Settings()
            settings.isServer = true
            settings.seed = key.seed
            settings.refusesPeer = true
            let isDone = StrangePeer(over: socket, settings).handshake()
            if isDone { Issue.record("the stranger took the client") }
            socket.finishSending()
            while !socket.receive().isEmpty {}
        }
        #expect(try error(port: port, pinning: key.publicKey.bytes).code == .certificateRefused)
    }

    @Test func `nothing listens, no such name, no such port`() throws {
        let port = try RawSocket.listen().port
        #expect(try error(port: port).code == .refused)
        #expect(try error(port: 1, host: "no-such-host.invalid").code == .cannotResolve)
        #expect(try error(port: 70_000).code == .invalidAddress)
        #expect(try error(port: 1, host: "").code == .invalidAddress)
    }

    @Test func `a server that says nothing`() throws {
        let (listener, port) = try RawSocket.listen()
        let error = try error(port: port, timeoutMilliseconds: 100)
        #expect(error.code == .timedOut)
        withExtendedLifetime(listener) {}
    }

    @Test func `a server that speaks something else`() throws {
        let port = try serveOnce { socket in
            _ = socket.receive()
            socket.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
            socket.finishSending()
            while !socket.receive().isEmpty {}
        }
        #expect(try error(port: port).code == .notTLS)
    }

    @Test func `a server that hangs up`() throws {
        let port = try serveOnce { socket in
            _ = socket.receive()
            socket.finishSending()
            while !socket.receive().isEmpty {}
        }
        #expect(try error(port: port).code == .closedEarly)
    }
}
