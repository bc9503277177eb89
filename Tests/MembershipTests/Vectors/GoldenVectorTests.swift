import ArticleModel
import Foundation
import Membership
import Signing
import TestSupport
import Testing

@Suite struct GoldenVectorTests {
    private let vectors: GoldenVectors

    init() throws {
        #expect(Self.isRewritten != false, "the vectors could not be written")
        vectors = try GoldenVectors.read()
    }

    /// Whether the vectors were written anew, once for all tests; nil where nobody asked for it.
    private static let isRewritten: Bool? = {
        guard ProcessInfo.processInfo.environment["GALLEY_WRITE_VECTORS"] == "1" else {
            return nil
        }
        return (try? GoldenVectors.made().write()) != nil
    }()

    private func bytes(_ hexadecimal: String) throws -> [UInt8] {
        try #require([UInt8](hexadecimal: hexadecimal))
    }

    private func publicKey(_ name: String) throws -> PublicKey {
        let key = try #require(vectors.keys.first { $0.name == name })
        return try PublicKey(bytes(key.publicKey))
    }

    @Test func whatIsSignedIsWhatItWas() throws {
        let made = try GoldenVectors.made()
        #expect(made.keys == vectors.keys)
        #expect(made.changeSets == vectors.changeSets)
        #expect(made.records == vectors.records)
        #expect(made.receipts == vectors.receipts)
        #expect(made.identities == vectors.identities)
        #expect(made.invitations == vectors.invitations)
    }

    @Test func everyKindIsThere() throws {
        let kinds = try vectors.changeSets.map {
            try SignedChangeSet(decoding: bytes($0.hex)).header.kind
        }
        #expect(Set(kinds) == Set(ChangeSetHeader.Kind.allCases))
        #expect(vectors.records.count == 7)
        #expect(vectors.receipts.count == 5)
    }

    @Test func changeSetsAreReadAndVerifiedAndGiveTheSameBytes() throws {
        for vector in vectors.changeSets {
            let read = try SignedChangeSet(decoding: bytes(vector.hex))
            #expect(read.id.bytes.hexadecimal == vector.id)
            let verified = try read.verified(by: publicKey(vector.signer))
            let again = try SignedChangeSet(header: read.header, signature: read.signature)
            #expect(again.bytes == verified.bytes)
        }
    }

    @Test func theRecordsMakeALog() throws {
        let records = try vectors.records.map { try MembershipRecord(decoding: bytes($0.hex)) }
        #expect(records.map { $0.id.bytes.hexadecimal } == vectors.records.map(\.id))
        var log = try MembershipLog(genesis: records[0])
        try log.append(records[1], receipt: nil)
        for (record, receipt) in zip(records[2...], vectors.receipts) {
            try log.append(record, receipt: Receipt(decoding: bytes(receipt.hex)))
        }
        #expect(log.users.map(\.name) == ["Ada", "Ben"])
        #expect(log.devices.map(\.name) == ["laptop", "tower", "tower"])
    }

    @Test func identitiesAreDigests() throws {
        for identity in vectors.identities {
            #expect(try SHA256.hash(bytes(identity.input)).hexadecimal == identity.sha256)
        }
    }

    @Test func invitationsAreRead() throws {
        for text in vectors.invitations { #expect(try Invitation(text: text).text == text) }
    }

    /// What each byte of a golden message is changed to: each of its bits flipped, and all of them.
    private static let flips: [UInt8] = [1, 2, 4, 8, 16, 32, 64, 128, 255]

    @Test func everyCorruptionOfAChangeSetIsRefused() throws {
        for vector in vectors.changeSets {
            let whole = try bytes(vector.hex)
            let key = try publicKey(vector.signer)
            for index in whole.indices {
                for flip in Self.flips {
                    var altered = whole
                    altered[index] ^= flip
                    let error = code {
                        let read = try SignedChangeSet(decoding: altered)
                        // What is read at all has one form only.
                        let again = try SignedChangeSet(
                            header: read.header,
                            signature: read.signature
                        )
                        #expect(again.bytes == altered)
                        _ = try read.verified(by: key)
                    }
                    #expect(error != nil, "byte \(index) of \(vector.name)")
                }
            }
            for count in whole.indices {
                #expect(code { _ = try SignedChangeSet(decoding: Array(whole[..<count])) } != nil)
            }
        }
    }

    @Test func everyCorruptionOfARecordIsRefused() throws {
        var log: MembershipLog?
        let receipts: [[UInt8]?] =
            try [nil, nil] + vectors.receipts.map { try bytes($0.hex) }
        for (vector, receiptBytes) in zip(vectors.records, receipts) {
            let whole = try bytes(vector.hex)
            let receipt = try receiptBytes.map { try Receipt(decoding: $0) }
            func append(_ bytes: [UInt8], to log: MembershipLog?) throws -> MembershipLog {
                let record = try MembershipRecord(decoding: bytes)
                guard var log else { return try MembershipLog(genesis: record) }
                // The receipt's own check would hide that the record's signature holds nothing.
                try log.append(
                    record,
                    receipt: receipt.map { _ in
                        Receipt(
                            library: log.library,
                            sequence: record.sequence,
                            id: record.id,
                            signedBy: try TestLibrary.key(100)
                        )
                    }
                )
                return log
            }
            for index in whole.indices {
                for flip in Self.flips {
                    var altered = whole
                    altered[index] ^= flip
                    let error = code { _ = try append(altered, to: log) }
                    #expect(error != nil, "byte \(index) of \(vector.name)")
                }
            }
            log = try append(whole, to: log)
        }
        #expect(log?.entries.count == vectors.records.count)
    }

    @Test func everyCorruptionOfAReceiptIsRefused() throws {
        let records = try vectors.records.map { try MembershipRecord(decoding: bytes($0.hex)) }
        var log = try MembershipLog(genesis: records[0])
        try log.append(records[1], receipt: nil)
        let whole = try bytes(try #require(vectors.receipts.first).hex)
        for index in whole.indices {
            for flip in Self.flips {
                var altered = whole
                altered[index] ^= flip
                let error = code {
                    try log.append(records[2], receipt: Receipt(decoding: altered))
                }
                #expect(error != nil, "byte \(index)")
            }
        }
        try log.append(records[2], receipt: Receipt(decoding: whole))
    }

    /// A stranger has the bytes, the public keys and RFC 9052, and none of our code.
    @Test(.enabled(if: OpenSSLCommand.isPresent, "\(OpenSSLCommand.absence)"))
    func aStrangerVerifiesThemWithOpenssl() throws {
        let folder = try TemporaryFolder()
        let messages =
            vectors.changeSets.map { ("galley/1/change", $0) }
            + vectors.records.map { ("galley/1/member", $0) }
            + vectors.receipts.prefix(1).map { ("galley/1/head", $0) }
        for (type, vector) in messages {
            let whole = try bytes(vector.hex)
            // 18([<< {1: -8, 16: type} >>, {}, payload, signature])
            let protected = RawMessage.protected(type)
            let head = [0xd2, 0x84, 0x40 + UInt8(protected.count)] + protected + [0xa0]
            #expect(whole.starts(with: head))
            let signature = Array(whole.suffix(64))
            #expect(Array(whole.suffix(66).prefix(2)) == [0x58, 0x40])
            let payload = whole[head.count..<(whole.count - 66)]
            let structure =
                [0x84, 0x6a] + Array("Signature1".utf8) + [0x40 + UInt8(protected.count)]
                + protected + [0x40] + payload
            let key = try #require(vectors.keys.first { $0.name == vector.signer })
            // SubjectPublicKeyInfo of Ed25519 (RFC 8410): a fixed head and the key.
            let der = try bytes("302a300506032b6570032100" + key.publicKey)
            for (name, content) in [
                ("key", der), ("message", structure), ("signature", signature),
            ] {
                try Data(content).write(to: URL(fileURLWithPath: folder.file(name)))
            }
            let result = try OpenSSLCommand.run([
                "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER",
                "-inkey", folder.file("key"), "-in", folder.file("message"),
                "-sigfile", folder.file("signature"),
            ])
            #expect(result.status == 0, "\(vector.name)")
            #expect(SHA256.hash(structure).hexadecimal == vector.id)
        }
    }
}
