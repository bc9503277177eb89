import ArticleModel
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncProtocol
import Testing

/// A client that says whatever a test wants it to.
final class RawClient {
    let connection: TLSClientConnection
    private var encoder = FrameEncoder(stream: 0)
    private var decoder = FrameDecoder()

    init(_ hub: TestHub, key: PrivateKey) throws { connection = try hub.connect(key) }

    func send(_ message: Message) throws {
        try connection.send(
            encoder.encode(type: message.type.rawValue, payload: message.encoded())
        )
    }

    func send(bytes: [UInt8]) throws { try connection.send(bytes) }

    /// The next message; nil where the hub has ended the connection.
    ///
    /// Runs of the hub's are passed over.
    func receive() throws -> Message? {
        while true {
            if let frame = try decoder.next() {
                guard let type = MessageType(rawValue: frame.type), type != .run else { continue }
                return try Message(type: type, payload: frame.payload)
            }
            let bytes = try connection.receive()
            guard !bytes.isEmpty else { return nil }
            decoder.append(bytes)
        }
    }

    /// The next error the hub says; nil where it ends the connection without one.
    func receiveFault() throws -> Fault? {
        while let message = try receive() {
            if case .error(let fault) = message { return fault }
        }
        return nil
    }

    /// Says hello as a member who has nothing, and waits for the welcome.
    func open(_ machine: Machine) throws {
        var hello = Hello(
            library: machine.replica.library,
            cursor: Cursor(library: machine.replica.library).mark
        )
        let head = try machine.replica.membership().head
        hello.membership = Mark(position: head.sequence, prefix: Array(head.id.bytes.prefix(16)))
        try send(.hello(hello))
        guard case .welcome? = try receive() else {
            Issue.record("The hub does not welcome a member.")
            return
        }
    }

    func send(_ entries: [Entry]) throws {
        try send(.run(Run(firstPosition: nil, end: nil, items: entries.map { .entry($0) })))
    }
}

extension Machine {
    /// All entries the hub has not given a position.
    func unsent() throws -> [Entry] {
        try replica.unplacedEntries(afterRow: 0, sizeMax: 1 << 24).map {
            Entry(changeSet: $0.signed, body: $0.body)
        }
    }
}

extension Entry {
    /// The entry with another header, signed by `key`.
    func altered(
        by key: PrivateKey,
        sequence: UInt64? = nil,
        previous: ChangeSetID?? = nil,
        lamport: UInt64? = nil,
        version: UInt64? = nil
    ) throws -> Entry {
        let old = header
        let header = ChangeSetHeader(
            version: version ?? old.version,
            kind: old.kind,
            library: old.library,
            chain: old.chain,
            sequence: sequence ?? old.sequence,
            previous: previous ?? old.previous,
            lamport: lamport ?? old.lamport,
            timeMilliseconds: old.timeMilliseconds,
            membership: old.membership,
            dependencies: old.dependencies,
            body: old.body,
            touched: old.touched,
            opening: old.opening
        )
        return Entry(changeSet: try header.signed(with: key).signed, body: body)
    }
}
