import ArticleModel
import Foundation
import Signing
import Sockets
import SyncProtocol

/// Many live sessions of one device with a hub.
final class ConnectionCrowd {
    private final class Member {
        var decoder = FrameDecoder()
        var isLive = false
    }

    private let crowd: TLSClientCrowd
    private let library: LibraryID
    private let count: Int
    private var members: [Int: Member] = [:]
    private var greeting: Hello
    /// Numbers to be connected, again or for the first time.
    private var waiting: [Int]
    private var connecting = 0
    private(set) var liveCount = 0

    /// Handshakes under way at once.
    private static let connectingCountMax = 256

    init(_ count: Int, hub: ConnectionHub, key: PrivateKey, library: LibraryID) throws {
        self.count = count
        self.library = library
        guard let pinned = [UInt8](hexadecimal: hub.key) else {
            throw Command.Failure(description: "the hub's key is none: \(hub.key)")
        }
        crowd = try TLSClientCrowd(
            host: "127.0.0.1",
            port: hub.port,
            key: key,
            pinnedHubKey: pinned,
            clock: { Int64(ProcessInfo.processInfo.systemUptime * 1000) }
        )
        waiting = Array((0..<count).reversed())
        greeting = Hello(library: library, cursor: Cursor(library: library).mark)
        greeting.mode = .live
    }

    /// Goes on for so long, or until all are live.
    func run(seconds: Double, untilAllLive: Bool) {
        let end = ProcessInfo.processInfo.systemUptime + seconds
        while ProcessInfo.processInfo.systemUptime < end {
            if untilAllLive, liveCount == count { return }
            connect()
            for event in crowd.turn(milliseconds: 20) { take(event) }
        }
    }

    private func connect() {
        // The first learns where the hub's logs end, so that the others lack nothing.
        let most = liveCount == 0 ? 1 : Self.connectingCountMax
        while connecting < most, let number = waiting.popLast() {
            do {
                try crowd.connect(number)
                members[number] = Member()
                connecting += 1
            } catch {
                waiting.append(number)
                return
            }
        }
    }

    private func take(_ event: TLSClientCrowd.Event) {
        switch event {
        case .opened(let number):
            send(.hello(greeting), number)
        case .received(let number, let bytes):
            guard let member = members[number] else { return }
            member.decoder.append(bytes)
            while let frame = try? member.decoder.next() { take(frame, number, member) }
            member.decoder.release()
        case .ended(let number):
            if let member = members.removeValue(forKey: number) {
                if member.isLive { liveCount -= 1 } else { connecting -= 1 }
            }
            waiting.append(number)
        }
    }

    private func take(_ frame: Frame, _ number: Int, _ member: Member) {
        guard let type = MessageType(rawValue: frame.type), type != .run,
            let message = try? Message(type: type, payload: frame.payload)
        else { return }
        switch message {
        case .welcome(let welcome):
            guard !member.isLive else { return }
            member.isLive = true
            liveCount += 1
            connecting -= 1
            greeting.cursor = welcome.head
            greeting.membership = welcome.membership
        case .ping(let number2):
            send(.pong(number2), number)
        case .error(let fault):
            Program.complain("connection \(number): \(fault.text)")
        default:
            break
        }
    }

    private func send(_ message: Message, _ number: Int) {
        var encoder = FrameEncoder(stream: 0)
        crowd.send(
            encoder.encode(type: message.type.rawValue, payload: message.encoded()),
            to: number
        )
    }
}
