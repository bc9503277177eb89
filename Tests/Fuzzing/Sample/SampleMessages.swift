import ArticleModel
import Membership
import Signing
import SyncProtocol

/// A message of each kind, as real sessions hold them.
enum SampleMessages {
    static func all() throws -> [Message] {
        let sample = try SampleLibrary.shared.get()
        let library = sample.log.library
        var cursor = Cursor(library: library)
        for entry in sample.entries { cursor = cursor.advanced(by: entry.id) }
        var hello = Hello(library: library, cursor: cursor.mark)
        hello.unsentCount = 2
        if let last = sample.entries.last {
            let head = Mark(
                position: last.header.sequence,
                prefix: Array(last.id.bytes.prefix(16))
            )
            hello.chain = Hello.ChainHead(chain: last.header.chain, head: head)
        }
        hello.membership = Mark(
            position: sample.log.head.sequence,
            prefix: Array(sample.log.head.id.bytes.prefix(16))
        )
        var join = Hello(library: library, cursor: Cursor(library: library).mark)
        join.invitation = try sample.invitation.privateKey().publicKey.bytes
        var register = join
        register.invitation = nil
        register.claim = "k7dm-2q9x"
        var welcome = Welcome(verdict: .behind, standing: .member, head: cursor.mark)
        welcome.membership = hello.membership
        welcome.chain = hello.chain?.head
        let invited = Welcome(verdict: .current, standing: .invited, head: join.cursor)
        let records = sample.log.entries.map {
            Members.Record(record: $0.record.bytes, receipt: $0.receipt?.bytes)
        }
        let fault = Fault(
            .role,
            .chain,
            text: "A reader may not edit.",
            retryAfterMilliseconds: 5,
            chain: hello.chain?.chain,
            sequence: 3
        )
        return [
            .hello(hello), .hello(join), .hello(register), .welcome(welcome), .welcome(invited),
            .members(Members(records: records)),
            .acknowledgement(.taken(positions: [7, 8, 0, 9, 20], head: cursor.mark)),
            .acknowledgement(.held(position: 10)), .credit(2_097_152),
            .blob(
                BlobPiece(
                    hash: [UInt8](repeating: 7, count: 32),
                    offset: 262_144,
                    total: 262_150,
                    bytes: [1, 2, 3, 4, 5, 6]
                )
            ),
            .ping(1), .pong(1), .bye, .error(fault),
        ]
    }
}
