import ArticleModel
import Membership
import Signing
import SyncProtocol
import TestSupport
import Testing

/// Chains of signed entries, the same for the same seed.
struct Sample {
    let library: LibraryID
    let reference: MembershipReference

    init() throws {
        library = try #require(LibraryID(SHA256.hash(Array("sample library".utf8))))
        reference = MembershipReference(
            sequence: 0,
            prefix: try #require(MemberRecordPrefix([UInt8](repeating: 3, count: 16)))
        )
    }

    /// A device's chain that grows by signing.
    struct Chain {
        let sample: Sample
        let key: PrivateKey
        private(set) var entries: [Entry] = []
        private var random: SeededRandom

        init(_ sample: Sample, seed: UInt64) throws {
            self.sample = sample
            random = SeededRandom(seed: seed)
            key = try PrivateKey(seed: random.bytes(32))
            let opening = ChainOpening(
                device: try DeviceKey(key.publicKey),
                incarnation: try #require(Incarnation(random.bytes(16)))
            )
            let header = ChangeSetHeader(
                opening: opening,
                library: sample.library,
                lamport: 1,
                timeMilliseconds: 1_700_000_000_000,
                membership: sample.reference
            )
            entries.append(Entry(changeSet: try header.signed(with: key).signed, body: nil))
        }

        var head: Hello.ChainHead? {
            entries.last.map {
                Hello.ChainHead(
                    chain: $0.header.chain,
                    head: Mark(
                        position: $0.header.sequence,
                        prefix: Array($0.id.bytes.prefix(16))
                    )
                )
            }
        }

        /// Signs an entry with a body of about `size` bytes after `dependencies` and the last one.
        @discardableResult
        mutating func append(
            size: Int = 200,
            after dependencies: [Entry] = []
        ) throws -> Entry {
            let last = try #require(entries.last)
            let text = String(
                decoding: random.bytes(size).map { 97 + $0 % 26 },
                as: UTF8.self
            )
            let seed = Seed(
                nonce: Identifier16(random.bytes(16)),
                fields: [],
                summary: "",
                body: try #require(ScalarText(text)),
                provenance: nil
            )
            let body = BodyCodec.encode(ChangeSetBody(changes: [.seed(seed)]))
            let change = ChangeIdentity.seed(library: sample.library, bytes: seed.encoded())
            let others = dependencies.filter { $0.header.chain != last.header.chain }
            let highest = (others + [last]).map(\.header.lamport).max() ?? 0
            let header = ChangeSetHeader(
                kind: .content,
                library: sample.library,
                chain: last.header.chain,
                sequence: last.header.sequence + 1,
                previous: last.id,
                lamport: highest + 1,
                timeMilliseconds: last.header.timeMilliseconds + 1000,
                membership: sample.reference,
                dependencies: Set(others.map(\.id)).sorted(),
                body: BodyReference(codecVersion: BodyCodec.version, bytes: body),
                touched: [
                    TouchedArticle(
                        article: ChangeIdentity.article(ofSeed: change),
                        permission: .edit
                    )
                ]
            )
            let entry = Entry(changeSet: try header.signed(with: key).signed, body: body)
            entries.append(entry)
            return entry
        }
    }

    /// A record of a made-up membership log.
    static func record(_ number: UInt8) -> Members.Record {
        Members.Record(record: [UInt8](repeating: number, count: 90), receipt: [number, number])
    }

    /// The mark of a made-up membership log's last record.
    static func mark(of records: [Members.Record]) -> Mark? {
        records.last.map {
            Mark(
                position: UInt64(records.count - 1),
                prefix: Array(SHA256.hash($0.record).prefix(16))
            )
        }
    }
}
