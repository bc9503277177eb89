import ArticleModel
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine
import SyncProtocol
import SyncServer
import Testing

/// Each wrong is answered with its own error, changes nothing, and harms nobody else.
@Suite(.timeLimit(.minutes(3))) struct `A hub refuses over the wire` {
    private let hub: TestHub
    private let owner: Machine

    init() throws {
        hub = try TestHub()
        owner = try Machine.registered(hub)
    }

    /// Does what must not change anything, and proves that it did not.
    private func unchanged(_ body: () throws -> Void) throws {
        let bystander = try RawClient(hub, key: owner.key)
        try bystander.open(owner)
        let before = try #require(try hub.library())
        try body()
        let after = try #require(try hub.library())
        #expect(after.position == before.position)
        #expect(after.accumulator == before.accumulator)
        #expect(after.membershipSequence == before.membershipSequence)
        #expect(after.stateHash == before.stateHash)
        // Whoever was there before is still served, on the connection it had.
        try bystander.send(.ping(7))
        guard case .pong(7)? = try bystander.receive() else {
            Issue.record("a bystander is not served any more")
            return
        }
    }

    @Test func `a client that expects another hub`() throws {
        try unchanged {
            #expect(throws: SocketError(.wrongHubKey, "")) {
                try hub.connect(owner.key, pinning: PrivateKey.generate().publicKey.bytes)
            }
        }
    }

    @Test func `a device that is no member, and a library it does not serve`() throws {
        try unchanged {
            let stranger = try owner.newcomer("stranger")
            #expect(syncErrorCode { try stranger.sync() } == .refused(.notMember))
            let other = try Machine.owner(hub, "other")
            #expect(syncErrorCode { try other.sync() } == .refused(.wrongLibrary))
        }
    }

    @Test func `a claim code that was used, is wrong, or is somebody else's hub's`() throws {
        let code = try hub.folder.addClaim()
        try unchanged {
            let wrong = try Machine.owner(hub, "wrong")
            #expect(
                syncErrorCode { try wrong.sync(.register(claim: "0000-0000-0000-0000")) }
                    == .refused(.claim)
            )
        }
        let first = try Machine.owner(hub, "first")
        // However it is typed.
        let typed = code.text.uppercased().replacing("-", with: "").replacing("0", with: "O")
        try first.sync(.register(claim: typed))
        let second = try Machine.owner(hub, "second")
        #expect(
            syncErrorCode { try second.sync(.register(claim: code.text)) } == .refused(.claim)
        )
        #expect(try hub.folder.libraryIDs().count == 2)
    }

    @Test func `an invitation that is used up or has expired`() throws {
        let used = try owner.invite()
        try owner.newcomer("ben").join(used, as: "Ben")
        let expired = try owner.invite()
        try unchanged {
            let late = try owner.newcomer("late")
            #expect(syncErrorCode { try late.join(used, as: "Late") } == .refused(.invitation))
            hub.advance(milliseconds: 1001)
            #expect(syncErrorCode { try late.join(expired, as: "Late") } == .refused(.invitation))
        }
    }

    @Test(
        arguments: [
            ([0, 0x10, 0, 1, 3, 0, 0], Fault.Code.tooLarge), ([0xFF, 0xFF, 0xFF, 0xFF], .tooLarge),
            ([0, 0, 0, 1, 0], .badFrame), ([0, 0, 0, 4, 3, 2, 0, 0], .badFrame),
            ([0, 0, 0, 4, 0x7F, 0, 0, 0], .badFrame), ([0, 0, 0, 4, 9, 0, 0, 0xFF], .badFrame),
            ([0, 0, 0, 12, 4, 1, 0, 0xFF, 0xFF, 0xFF, 0x07, 1, 2, 3, 4, 5], .tooLarge),
            ([0, 0, 0, 12, 4, 1, 0, 0x20, 1, 2, 3, 4, 5, 6, 7, 8], .badFrame),
        ] as [([UInt8], Fault.Code)]
    )
    func `a frame that is too large, or none`(_ bytes: [UInt8], _ code: Fault.Code) throws {
        try unchanged {
            let client = try RawClient(hub, key: owner.key)
            try client.open(owner)
            try client.send(bytes: bytes)
            #expect(try client.receiveFault()?.code == code)
            #expect(try client.receive() == nil)
        }
    }

    @Test func `a frame that is cut off`() throws {
        try owner.begin("Never whole")
        let run = Message.run(
            Run(firstPosition: nil, end: nil, items: try owner.unsent().map { .entry($0) })
        )
        var encoder = FrameEncoder(stream: 0)
        let frame = encoder.encode(type: run.type.rawValue, payload: run.encoded())
        try unchanged {
            for part in [1, 4, 5, frame.count / 2, frame.count - 1] {
                let client = try RawClient(hub, key: owner.key)
                try client.open(owner)
                try client.send(bytes: Array(frame.prefix(part)))
                client.connection.close()
            }
        }
        try owner.sync()
        #expect(try owner.replica.unplacedCount() == 0)
    }

    @Test func `a run with any byte altered`() throws {
        try owner.begin("Altered")
        let entries = try owner.unsent()
        let first = try RawClient(hub, key: owner.key)
        try first.open(owner)
        try first.send([entries[0]])
        try expectTaken(first)
        let items = entries.dropFirst().map { RunItem.entry($0) }
        let payload = Run(firstPosition: nil, end: nil, items: items).encoded()
        try unchanged {
            for place in stride(from: 0, to: payload.count, by: 7) {
                var altered = payload
                altered[place] ^= 0x5A
                let client = try RawClient(hub, key: owner.key)
                try client.open(owner)
                var encoder = FrameEncoder(stream: 0)
                let frame = encoder.encode(type: MessageType.run.rawValue, payload: altered)
                try client.send(bytes: frame)
                client.connection.finishSending()
                #expect(try client.receiveFault() != nil, "byte \(place) went unseen")
            }
        }
    }

    @Test func `an entry with a signature that does not hold`() throws {
        try owner.begin("Forged")
        let entries = try owner.unsent()
        let last = try #require(entries.last)
        var signature = last.changeSet.signature
        signature[10] ^= 1
        let forged = Entry(
            changeSet: try SignedChangeSet(header: last.header, signature: signature),
            body: last.body
        )
        let client = try RawClient(hub, key: owner.key)
        try client.open(owner)
        try client.send([entries[0]])
        try expectTaken(client)
        try unchanged {
            try client.send([forged])
            try expectFault(client, .badSignature, last)
        }
        // Signed by somebody else who is no member, or by a member whose chain it is not.
        try unchanged {
            let stranger = try last.altered(by: .generate())
            try client.send([stranger])
            try expectFault(client, .badSignature, last)
        }
        try client.send([last])
        try expectTaken(client)
    }

    @Test func `an entry after a gap in its chain, until the gap is closed`() throws {
        try owner.begin("One")
        try owner.begin("Two")
        let entries = try owner.unsent()
        #expect(entries.count == 3)
        let client = try RawClient(hub, key: owner.key)
        try client.open(owner)
        try client.send([entries[0]])
        try expectTaken(client)
        try unchanged {
            try client.send([entries[2]])
            try expectFault(client, .chainGap, entries[2])
        }
        try client.send([entries[1]])
        try expectTaken(client)
        // The one that waited came in behind.
        #expect(try hub.library()?.position == 3)
    }

    @Test func `an entry with a wrong sequence number, lamport, or version`() throws {
        try owner.begin("One")
        let entries = try owner.unsent()
        let last = try #require(entries.last)
        let client = try RawClient(hub, key: owner.key)
        try client.open(owner)
        try client.send([entries[0]])
        try expectTaken(client)
        try unchanged {
            for lamport in [0, last.header.lamport + 1, UInt64(Int64.max)] {
                try client.send([try last.altered(by: owner.key, lamport: lamport)])
                try expectFault(client, .badEntry, last)
            }
            try client.send([try last.altered(by: owner.key, sequence: 7)])
            let fault = try #require(try client.receiveFault())
            #expect(fault.code == .chainGap || fault.code == .badEntry)
            #expect(fault.severity == .chain)
        }
        try client.send([last])
        try expectTaken(client)
    }

    @Test func `a version of the protocol it does not speak`() throws {
        try unchanged {
            let client = try RawClient(hub, key: owner.key)
            let library = owner.replica.library
            var hello = Hello(library: library, cursor: Cursor(library: library).mark)
            hello.versions = 90...99
            try client.send(.hello(hello))
            let fault = try #require(try client.receiveFault())
            #expect(fault.code == .version)
            #expect(fault.severity == .fatal)
        }
    }

    @Test func `a large first frame, whoever sends it`() throws {
        try unchanged {
            let stranger = try RawClient(hub, key: .generate())
            try stranger.send(bytes: [0, 0, 0x10, 1, 1, 0, 0])
            #expect(try stranger.receiveFault()?.code == .tooLarge)
            #expect(try stranger.receive() == nil)
            #expect(hub.logs("announced a frame of 4097 bytes"))
        }
    }

    @Test func `a client that gives more credit than can be meant`() throws {
        try unchanged {
            let client = try RawClient(hub, key: owner.key)
            let library = owner.replica.library
            var hello = Hello(library: library, cursor: Cursor(library: library).mark)
            hello.credit = ProtocolLimits.creditMax + 1
            try client.send(.hello(hello))
            #expect(try client.receiveFault()?.code == .badFrame)
        }
    }

    @Test func `nobody service for the sake of a client that does not read`() throws {
        for _ in 0..<12 { try owner.begin("Long", body: noise(1_000_000)) }
        try owner.sync()
        let deaf = try RawClient(hub, key: owner.key)
        let library = owner.replica.library
        var hello = Hello(library: library, cursor: Cursor(library: library).mark)
        hello.credit = ProtocolLimits.creditMax
        try deaf.send(.hello(hello))
        // All of it is under way to who never reads; others are served at once.
        let pad = try Machine(hub, "pad", library: library, key: owner.key)
        try pad.sync()
        #expect(try pad.replica.stateHash() == owner.replica.stateHash())
        #expect(hub.stop())
        withExtendedLifetime(deaf) {}
    }

    @Test func `more of a large body than is ever held`() throws {
        try owner.begin("Long", body: noise(1_000_000))
        let long = try #require(try owner.unsent().last)
        try unchanged {
            let client = try RawClient(hub, key: owner.key)
            try client.open(owner)
            do {
                for _ in 0..<12 { try sendInPieces(long, client) }
            } catch is SocketError {
                // The hub has left before all was sent; what it said last is there.
            }
            let fault = try #require(try client.receiveFault())
            #expect(fault.code == .tooLarge)
            #expect(fault.severity == .fatal)
        }
        try owner.sync()
        #expect(try hub.library()?.articleCount == 1)
    }

    private func sendInPieces(_ entry: Entry, _ client: RawClient) throws {
        guard let body = entry.body, let reference = entry.header.body else { return }
        let size = ProtocolLimits.inlineBodySizeMax
        for offset in stride(from: 0, to: body.count, by: size) {
            try client.send(
                .blob(
                    BlobPiece(
                        hash: reference.hash.bytes,
                        offset: offset,
                        total: body.count,
                        bytes: Array(body[offset..<min(offset + size, body.count)])
                    )
                )
            )
        }
    }

    /// Letters that compress to little less than their number.
    private func noise(_ count: Int) -> String {
        SecureRandom.bytes(count / 2).hexadecimal
    }

    private func expectFault(_ client: RawClient, _ code: Fault.Code, _ entry: Entry) throws {
        let fault = try #require(try client.receiveFault())
        #expect(fault.code == code, "\(fault)")
        #expect(fault.severity == .chain)
        #expect(fault.chain == entry.header.chain)
        #expect(fault.sequence == entry.header.sequence)
        #expect(!fault.text.isEmpty)
    }

    private func expectTaken(_ client: RawClient) throws {
        while let message = try client.receive() {
            guard case .acknowledgement(.taken(let positions, _)) = message,
                positions.allSatisfy({ $0 > 0 })
            else { continue }
            return
        }
        Issue.record("the hub did not take a good entry after bad ones")
    }
}
