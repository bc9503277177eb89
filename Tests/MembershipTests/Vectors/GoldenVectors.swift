import ArticleModel
import CBOR
import Foundation
import Membership
import Signing
import Testing

/// The signed forms as they are pinned in `Protocol/vectors/signed.json`.
struct GoldenVectors: Codable, Equatable {
    /// A key by name.
    struct Key: Codable, Equatable {
        let name: String
        let seed: String
        let publicKey: String
    }

    /// A COSE_Sign1 message, who signed it, its identity and its header in words.
    struct Message: Codable, Equatable {
        let name: String
        let signer: String
        let id: String
        let hex: String
    }

    /// A digest that follows from others.
    struct Identity: Codable, Equatable {
        let name: String
        let input: String
        let sha256: String
    }

    let note: String
    let keys: [Key]
    let changeSets: [Message]
    let records: [Message]
    let receipts: [Message]
    let identities: [Identity]
    let invitations: [String]

    /// Where they are kept.
    static let url = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("Protocol/vectors/signed.json")

    /// What is kept.
    static func read() throws -> GoldenVectors {
        try JSONDecoder().decode(GoldenVectors.self, from: Data(contentsOf: url))
    }

    /// Keeps these from now on.
    func write() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + [0x0a]).write(to: Self.url)
    }
}

extension GoldenVectors {
    private static let people: [(name: String, number: UInt8)] = [
        ("ada/laptop", 1), ("ben/tower", 2), ("ada/pad", 3), ("hub", 100), ("invitation", 200),
        ("device invitation", 201),
    ]

    /// Makes all anew from fixed seeds.
    static func made() throws -> GoldenVectors {
        let keys = try people.map { person in
            let key = try TestLibrary.key(person.number)
            return Key(
                name: person.name,
                seed: key.seed.hexadecimal,
                publicKey: key.publicKey.bytes.hexadecimal
            )
        }
        var library = try TestLibrary.withHub()
        let invitation = try library.invite(.editor)
        try library.accept(library.joining(invitation, TestLibrary.key(2)))
        let deviceInvitation = try library.inviteDevice()
        try library.accept(library.joining(deviceInvitation, TestLibrary.key(3)))
        try library.accept(
            library.next(
                .role(RoleChange(user: library.user(2), role: .annotator)),
                library.owner
            )
        )
        let names = [
            "genesis", "hub-set", "invite", "join", "invite a device", "device-add", "role",
        ]
        let changeSets = try changeSets(in: library.log)
        return GoldenVectors(
            note:
                "Ed25519 keys, COSE_Sign1 messages and what follows from them; all in hexadecimal."
                + " id = SHA-256 of the Sig_structure.",
            keys: keys,
            changeSets: try changeSets.map { name, entry in
                try message(name, by: entry.device, id: entry.id.bytes, entry.bytes)
            },
            records: try zip(names, library.log.entries).map { name, entry in
                let record = entry.record
                return try message(name, by: record.author, id: record.id.bytes, record.bytes)
            },
            receipts: try library.log.entries.compactMap { entry in
                try entry.receipt.map { receipt in
                    let payload = Item.map([
                        (0, .bytes(receipt.library.bytes)), (1, .unsigned(receipt.sequence)),
                        (2, .bytes(receipt.id.bytes)),
                    ]).encoded
                    return try message(
                        "receipt of record \(receipt.sequence)",
                        by: DeviceKey(library.hub.publicKey),
                        id: SHA256.hash(
                            RawMessage.signatureStructure("galley/1/head", payload)
                        ),
                        receipt.bytes
                    )
                }
            },
            identities: identities(in: library.log, changeSets),
            invitations: [invitation.text, deviceInvitation.text]
        )
    }

    private static func message(
        _ name: String,
        by device: DeviceKey,
        id: [UInt8],
        _ bytes: [UInt8]
    ) throws -> Message {
        let signer = try people.first { try TestLibrary.device($0.number) == device }
        return Message(
            name: name,
            signer: try #require(signer).name,
            id: id.hexadecimal,
            hex: bytes.hexadecimal
        )
    }

    /// One change set of each kind, and one with all that a header may hold.
    private static func changeSets(
        in log: MembershipLog
    ) throws -> [(name: String, entry: VerifiedChangeSet)] {
        let ada = try TestLibrary.key(1)
        let ben = try TestLibrary.key(2)
        let open = try TestHeader.chainOpen(1, in: log).signed(with: ada)
        let content = try TestHeader.content(after: open, in: log).signed(with: ada)
        let checkpoint = try TestHeader.content(
            after: content,
            in: log,
            kind: .checkpoint,
            touched: []
        ).signed(with: ada)
        let adopt = try TestHeader.content(after: checkpoint, in: log, kind: .adopt)
            .signed(with: ada)
        let again = try TestHeader.chainOpen(
            2,
            in: log,
            lamport: 5,
            dependencies: [adopt.id],
            opening: TestHeader.opening(
                2,
                incarnation: 12,
                previous: ChainPosition(
                    chain: TestHeader.short(13),
                    sequence: 1_000,
                    id: TestHeader.id(14)
                )
            )
        ).signed(with: ben)
        let full = try TestHeader.content(
            after: again,
            in: log,
            dependencies: [content.id, adopt.id].sorted(),
            touched: [TestHeader.touched(1, .annotate), TestHeader.touched(2, .annotate)]
        ).signed(with: ben)
        let empty = try TestHeader.content(after: full, in: log, body: nil, touched: [])
            .signed(with: ben)
        return [
            ("chain-open", open), ("content", content), ("checkpoint", checkpoint),
            ("adopt", adopt), ("chain-open after a lost chain", again),
            ("content with dependencies", full), ("content without a body", empty),
        ]
    }

    private static func identities(
        in log: MembershipLog,
        _ changeSets: [(name: String, entry: VerifiedChangeSet)]
    ) -> [Identity] {
        let content = changeSets[1].entry
        let seed = Array("seed bytes".utf8)
        let opening = changeSets[0].entry.header.opening
        let chainInput = Item.array([
            .text("galley/1/chain"), .bytes(opening?.device.bytes ?? []),
            .bytes(opening?.incarnation.bytes ?? []),
        ]).encoded
        return [
            Identity(
                name: "change 0 of the change set \"content\": [id, 0]",
                input: Item.array([.bytes(content.id.bytes), .unsigned(0)]).encoded.hexadecimal,
                sha256: ChangeIdentity.id(of: content.id, index: 0).bytes.hexadecimal
            ),
            Identity(
                name: "seed: [\"galley/1/article\", library, seed bytes]",
                input: Item.array([
                    .text("galley/1/article"), .bytes(log.library.bytes), .bytes(seed),
                ]).encoded.hexadecimal,
                sha256: ChangeIdentity.seed(library: log.library, bytes: seed).bytes.hexadecimal
            ),
            Identity(
                name: "chain of \"chain-open\", its first 16 bytes are the id:"
                    + " [\"galley/1/chain\", device key, incarnation]",
                input: chainInput.hexadecimal,
                sha256: SHA256.hash(chainInput).hexadecimal
            ),
        ]
    }
}
