import Foundation

/// Stands between a client and a server, and cuts or alters what goes through.
final class FaultyProxy: Sendable {
    /// What is done to the bytes of one direction.
    enum Fault: Sendable {
        case none
        /// Both connections end after this many bytes of the direction.
        case cut(after: Int)
        /// The byte at this place has all its bits turned.
        case flip(at: Int)
    }

    let port: Int
    private let listener: RawSocket

    /// Takes one connection and carries it to `target`.
    init(to target: Int, up: Fault = .none, down: Fault = .none) throws {
        (listener, port) = try RawSocket.listen()
        let listener = listener
        Thread {
            guard let client = try? listener.accept(),
                let server = try? RawSocket.connect(to: target)
            else { return }
            Thread { Self.pump(from: server, to: client, down) }.start()
            Self.pump(from: client, to: server, up)
        }.start()
    }

    private static func pump(from source: RawSocket, to sink: RawSocket, _ fault: Fault) {
        var offset = 0
        while true {
            var bytes = source.receive()
            guard !bytes.isEmpty else { break }
            switch fault {
            case .none: break
            case .cut(let place):
                if offset + bytes.count >= place {
                    sink.send(bytes.prefix(place - offset))
                    // An orderly end of TCP, in the middle of TLS.
                    sink.finishSending()
                    source.finishSending()
                    return
                }
            case .flip(let place):
                if place >= offset, place < offset + bytes.count { bytes[place - offset] ^= 0xFF }
            }
            offset += bytes.count
            guard sink.send(bytes) else { break }
        }
        sink.finishSending()
    }
}
