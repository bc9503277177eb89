import ArticleModel
import Files
import Foundation
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine
import SyncProtocol
import SyncServer
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A hub that serves` {
    @Test func `two people's machines become equal to it`() throws {
        let hub = try TestHub()
        let owner = try Machine.registered(hub)
        let article = try owner.begin("Storm over the bay")
        try owner.sync()
        let ben = try owner.newcomer("ben")
        try ben.join(try owner.invite(), as: "Ben")
        try ben.sync()
        #expect(try ben.replica.articles().map(\.id) == [article])
        try ben.edit(article, [.insert(.body, position: 0, text: "Ben: ")])
        try owner.edit(article, [.set(.title, .text("Storm"))])
        try owner.sync()
        try ben.sync()
        try owner.sync()
        let state = try owner.replica.stateHash()
        #expect(try ben.replica.stateHash() == state)
        let library = try #require(try hub.library())
        #expect(library.stateHash == state)
        #expect(library.userCount == 2)
        #expect(library.deviceCount == 2)
        #expect(library.articleCount == 1)
        #expect(library.name == "Test")
    }

    @Test func `many clients sync at once, and all of it is there once`() throws {
        let hub = try TestHub()
        let owner = try Machine.registered(hub)
        let count = 8
        let invitation = try owner.invite(uses: UInt64(count))
        let library = owner.replica.library
        let failures = Mutex([String]())
        let group = DispatchGroup()
        for number in 0..<count {
            group.enter()
            Thread {
                defer { group.leave() }
                do {
                    let machine = try Machine(hub, "m\(number)", library: library)
                    // Others join meanwhile: then the record is made anew.
                    try machine.join(invitation, as: "user \(number)")
                    for round in 0..<5 {
                        try machine.begin("\(number).\(round)")
                        try machine.sync()
                    }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }.start()
        }
        group.wait()
        #expect(failures.withLock { $0 } == [])
        try owner.sync()
        #expect(try owner.replica.status().articleCount == count * 5)
        #expect(try owner.replica.membership().users.count == count + 1)
        #expect(try hub.library()?.stateHash == owner.replica.stateHash())
    }

    @Test func `it serves on after a restart, and keeps what it acknowledged`() throws {
        let hub = try TestHub()
        let owner = try Machine.registered(hub)
        try owner.begin("Kept")
        try owner.sync()
        #expect(hub.stop())
        let before = try #require(try hub.library())
        #expect(before.lastChangeMilliseconds == hub.now)
        let again = try TestHub(place: hub.place, folder: hub.folder)
        let pad = try Machine(again, "pad", library: owner.replica.library, key: owner.key)
        try pad.sync()
        #expect(try pad.replica.stateHash() == before.stateHash)
    }

    @Test func `many signatures are checked, one by one and in parallel`() throws {
        let hub = try TestHub()
        let owner = try Machine.registered(hub)
        for number in 0..<300 { try owner.begin("Number \(number)") }
        let report = try owner.sync()
        #expect(report.faults.isEmpty)
        #expect(try hub.library()?.articleCount == 300)
        #expect(try owner.replica.unplacedCount() == 0)
    }

    @Test func `a sync with nothing to do takes at most 1,600 bytes`() throws {
        let hub = try TestHub()
        let owner = try Machine.registered(hub)
        for number in 0..<50 { try owner.begin("Number \(number)") }
        try owner.sync()
        let connection = try hub.connect(owner.key)
        _ = try ClientSync(owner.replica, with: hub.device).run(over: Link(connection: connection))
        connection.close()
        let total = connection.byteCountSent + connection.byteCountReceived
        #expect(
            total <= 1600,
            "\(connection.byteCountSent) up, \(connection.byteCountReceived) down"
        )
    }

    @Test func `a damaged library is said to be so, and the others are served`() throws {
        let hub = try TestHub()
        let owner = try Machine.registered(hub)
        let other = try Machine.owner(hub, "other")
        try other.sync(.register(claim: try hub.folder.addClaim().text))
        #expect(hub.stop())
        let path = hub.folder.replicaPath(of: owner.replica.library)
        for suffix in ["-wal", "-shm"] { try FileSystem.remove(path + suffix) }
        try FileSystem.write([UInt8](repeating: 7, count: 50_000), to: path)
        let again = try TestHub(place: hub.place, folder: hub.folder)
        for (machine, name) in [(owner, "a"), (other, "b")] {
            let pad = try Machine(
                again,
                name,
                library: machine.replica.library,
                key: machine.key
            )
            let code = syncErrorCode { try pad.sync() }
            #expect(code == (machine === owner ? .refused(.internal) : nil))
        }
        #expect(try again.folder.status().libraries.count { $0.isDamaged } == 1)
    }

    @Test func `when it stops, clients are told, and lose nothing`() throws {
        let hub = try TestHub()
        let owner = try Machine.registered(hub)
        let client = try RawClient(hub, key: owner.key)
        try client.open(owner)
        #expect(hub.stop())
        let fault = try #require(try client.receiveFault())
        #expect(fault.code == .shutdown)
        #expect(fault.severity == .retry)
        #expect(try client.receive() == nil)
        #expect(throws: SocketError(.refused, "")) { try hub.connect(owner.key) }
    }

    @Test func `a folder is served by one process at a time`() throws {
        let hub = try TestHub()
        let error = try #require(throws: ServerError.self) {
            _ = try TestHub(place: hub.place, folder: hub.folder)
        }
        #expect(error.code == .running)
        #expect(try hub.folder.status().isRunning)
        #expect(hub.stop())
        #expect(try !hub.folder.status().isRunning)
    }
}

extension Result<HubStatus.Library, ServerError> {
    fileprivate var isDamaged: Bool {
        if case .failure(let error) = self { error.code == .damaged } else { false }
    }
}
