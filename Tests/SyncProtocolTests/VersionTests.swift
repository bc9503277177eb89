import ArticleModel
import CBOR
import SyncProtocol
import TestSupport
import Testing

/// What newer peers may say, and what of it this version takes.
@Suite("A peer of another version")
struct VersionTests {
    private let sample: Sample
    private let hub: FakeHub

    init() throws {
        sample = try Sample()
        hub = FakeHub(library: sample.library)
        hub.records = [Sample.record(1)]
    }

    private var hello: Hello {
        var hello = Hello(library: sample.library, cursor: Cursor(library: sample.library).mark)
        hello.membership = Sample.mark(of: hub.records)
        return hello
    }

    private var welcome: Welcome {
        var welcome = Welcome(
            verdict: .current,
            standing: .member,
            head: Cursor(library: sample.library).mark
        )
        welcome.membership = Sample.mark(of: hub.records)
        return welcome
    }

    /// The payload of a greeting with one more key at its end.
    private func adding(_ key: UInt64, to message: Message) -> [UInt8] {
        var payload = message.encoded()
        payload[0] += 1
        var writer = CBORWriter()
        writer.unsigned(key)
        writer.array(2)
        writer.text("new")
        writer.null()
        return payload + writer.bytes
    }

    /// What a hub answers to a HELLO: nil where it is a WELCOME, else the code of its ERROR.
    private func answer(to payload: [UInt8]) throws -> Fault? {
        var session = HubSession()
        let frame = Frame(type: 1, stream: 0, payload: payload, wireSize: payload.count + 7)
        return try fault(in: hub.perform(session.receive(frame), &session), of: .welcome)
    }

    /// What a client answers to a WELCOME: nil where it goes on.
    private func outcome(of payload: [UInt8]) throws -> Fault? {
        let replica = FakeReplica(library: sample.library)
        replica.records = hub.records
        var session = ClientSession(replica.start())
        _ = replica.perform(session.open(), &session)
        let frame = Frame(type: 2, stream: 0, payload: payload, wireSize: payload.count + 7)
        return try fault(in: replica.perform(session.receive(frame), &session), of: .bye)
    }

    private func fault(in bytes: [[UInt8]], of good: MessageType) throws -> Fault? {
        var decoder = FrameDecoder()
        for bytes in bytes { decoder.append(bytes) }
        let frame = try #require(try decoder.next())
        let type = try #require(MessageType(rawValue: frame.type))
        if case .error(let fault) = try Message(type: type, payload: frame.payload) { return fault }
        #expect(type == good)
        return nil
    }

    @Test("is served where it speaks this version too")
    func range() throws {
        var hello = hello
        hello.versions = 0...7
        #expect(try answer(to: Message.hello(hello).encoded()) == nil)
    }

    @Test("is refused with VERSION where it does not, whatever else it says")
    func otherVersion() throws {
        var hello = hello
        hello.versions = 1...7
        let fault = try answer(to: Message.hello(hello).encoded())
        #expect(fault?.code == .version && fault?.severity == .fatal)
        #expect(try answer(to: adding(20, to: .hello(hello)))?.code == .version)
        var welcome = welcome
        welcome.version = 1
        #expect(try outcome(of: Message.welcome(welcome).encoded())?.code == .version)
        #expect(try outcome(of: adding(20, to: .welcome(welcome)))?.code == .version)
    }

    @Test("may add keys from 128 on, which are skipped, and none below", arguments: [128, 5000])
    func optionalKeys(key: UInt64) throws {
        #expect(try answer(to: adding(key, to: .hello(hello))) == nil)
        #expect(try outcome(of: adding(key, to: .welcome(welcome))) == nil)
        #expect(try answer(to: adding(127, to: .hello(hello)))?.code == .badFrame)
        #expect(try outcome(of: adding(127, to: .welcome(welcome)))?.code == .badFrame)
    }

    @Test("may have optional features, and no required ones that are unknown")
    func features() throws {
        var hello = hello
        var welcome = welcome
        for bit in [0, 31] {
            hello.features = 1 << bit
            welcome.features = 1 << bit
            #expect(try answer(to: Message.hello(hello).encoded()) == nil)
            #expect(try outcome(of: Message.welcome(welcome).encoded()) == nil)
        }
        for bit in [32, 63] {
            hello.features = 1 << bit | 1
            welcome.features = 1 << bit | 1
            #expect(try answer(to: Message.hello(hello).encoded())?.code == .version)
            #expect(try outcome(of: Message.welcome(welcome).encoded())?.code == .version)
        }
    }

    @Test("asks a hub for no session that only clients have")
    func modes() throws {
        for mode in Hello.Mode.allCases {
            var hello = hello
            hello.mode = mode
            let fault = try answer(to: Message.hello(hello).encoded())
            switch mode {
            case .once, .live: #expect(fault == nil)
            case .peer, .repair: #expect(fault?.code == .badFrame)
            }
        }
    }
}
