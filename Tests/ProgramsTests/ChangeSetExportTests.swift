import Foundation
import TestSupport
import Testing

/// Reads what `galley export --format changesets` writes as a stranger would: by the RFCs, with
/// OpenSSL, and with no code of ours.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"))
) struct `Exported change sets` {
    @Test func `are verified by a stranger, with the keys beside them`() throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            let article = try laptop.imported("One")
            let tower = try Machine(named: "tower", in: folder)
            try tower.succeed("join", laptop.invitation(), "--user", "ben", "--device", "tower")
            try tower.succeed("sync")
            try laptop.succeed("sync")
            try tower.succeed("sync")
            try tower.succeed("tag", article, "+ferries")
            try tower.succeed("set", article, "byline=Ben Okoro")
            try tower.succeed("export", "--format", "changesets", "-o", "log.cbor")
            let export = try Export(named: "log.cbor", on: tower)
            // The laptop's chain and its seed; the tower's chain and two edits.
            let entries = try tower.succeed("status", "--json").json["entries"] as? Int
            #expect(export.messages.count == entries)
            #expect(Set(export.keys.map(\.user)) == ["ada", "ben"])
            var signers: [String] = []
            for message in export.messages { signers.append(try export.check(message)) }
            #expect(Set(signers) == ["ada/laptop", "ben/tower"])
            #expect(signers.count { $0 == "ben/tower" } >= 3)
            // Each body is there once, and is the one that was signed.
            let signed = try export.messages.compactMap { try $0.bodyHash }
            #expect(Set(export.bodies.keys) == Set(signed))
            #expect(export.bodies.values.contains { $0.contains(text: "Ben Okoro") })
        }
    }

    @Test func `do not verify with a bit of them turned, or by another's key`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            _ = try machine.imported("One")
            try machine.succeed("export", "--format", "changesets", "-o", "log.cbor")
            let export = try Export(named: "log.cbor", on: machine)
            let message = try #require(export.messages.last)
            #expect(try export.isValid(message))
            for place in [0, message.payload.count / 2, message.payload.count - 1] {
                var altered = message
                altered.payload[place] ^= 1
                #expect(try !export.isValid(altered, by: export.keys[0]))
            }
            var altered = message
            altered.signature[40] ^= 1
            #expect(try !export.isValid(altered))
            let other = try Machine.withLibrary(in: folder, named: "other")
            try other.succeed("export", "--format", "changesets", "-o", "log.cbor")
            let stranger = try Export(named: "log.cbor", on: other)
            #expect(try !export.isValid(message, by: stranger.keys[0]))
        }
    }

    @Test func `of one article come with the openings of their chains`() throws {
        try withScratchFolder { folder in
            let machine = try Machine.withLibrary(in: folder)
            let first = try machine.imported("One")
            _ = try machine.imported("Two", "Words of the second.")
            try machine.succeed("tag", first, "+ferries")
            try machine.succeed("export", first, "--format", "changesets", "-o", "one.cbor")
            let export = try Export(named: "one.cbor", on: machine)
            #expect(export.messages.count == 3)
            for message in export.messages { _ = try export.check(message) }
            #expect(!export.bodies.values.contains { $0.contains(text: "Words of the second") })
            // A folder that is not there is no place for it, and nothing half is left.
            try machine.refuse(
                ["export", "--format", "changesets", "-o", "nowhere/log.cbor"],
                with: 3,
                saying: ["nowhere/log.cbor"]
            )
        }
    }
}

/// An exported log as a stranger finds it.
private struct Export {
    struct Key {
        let user: String
        let device: String
        let pem: String
        let chains: [String]
    }

    struct Message {
        let protectedHeader: [UInt8]
        var payload: [UInt8]
        var signature: [UInt8]

        var fields: PlainCBOR {
            get throws { try #require(try PlainCBOR.sequence(payload).first) }
        }
        var chain: String { get throws { hexadecimal(try #require(try fields[3]?.bytes)) } }
        var bodyHash: String? {
            get throws { try fields[10]?.items?.last?.bytes.map(hexadecimal) }
        }

        /// What RFC 9052, section 4.4, says is signed.
        var signedBytes: [UInt8] {
            PlainCBOR.head(4, 4) + PlainCBOR.head(3, 10) + Array("Signature1".utf8)
                + PlainCBOR.head(2, protectedHeader.count) + protectedHeader
                + PlainCBOR.head(2, 0) + PlainCBOR.head(2, payload.count) + payload
        }
    }

    let messages: [Message]
    let keys: [Key]
    /// Bodies by their SHA-256.
    let bodies: [String: [UInt8]]
    private let machine: Machine

    init(named name: String, on machine: Machine) throws {
        self.machine = machine
        func bytes(_ suffix: String) throws -> Data {
            try Data(contentsOf: machine.home.appending(path: name + suffix))
        }
        messages = try PlainCBOR.sequence(Array(try bytes(""))).map { item in
            guard case .tag(18, .array(let parts)) = item else { throw NoCOSE() }
            try #require(parts.count == 4)
            #expect(parts[1] == .map([]))
            return Message(
                protectedHeader: try #require(parts[0].bytes),
                payload: try #require(parts[2].bytes),
                signature: try #require(parts[3].bytes)
            )
        }
        let document = try #require(
            try JSONSerialization.jsonObject(with: try bytes(".keys.json")) as? [String: Any]
        )
        #expect(document["schema"] as? String == "galley.keys/1")
        keys = try #require(document["devices"] as? [[String: Any]]).map { device in
            Key(
                user: try #require(device["user"] as? String),
                device: try #require(device["device"] as? String),
                pem: try #require(device["pem"] as? String),
                chains: try #require(device["chains"] as? [String])
            )
        }
        var found: [String: [UInt8]] = [:]
        for item in try PlainCBOR.sequence(Array(try bytes(".bodies"))) {
            let body = try #require(item.bytes)
            let file = try machine.file("body", Data(body))
            let digest = try machine.run(["/usr/bin/openssl", "dgst", "-sha256", "-r", file])
            found[String(digest.output.prefix(64))] = body
        }
        bodies = found
    }

    /// Checks a message in every way a stranger can, and gives who signed it.
    func check(_ message: Message) throws -> String {
        // EdDSA, and which kind of message it is.
        let header = try #require(try PlainCBOR.sequence(message.protectedHeader).first)
        #expect(header[1] == .negative(7))
        #expect(header[16] == .text("galley/1/change"))
        #expect(message.signature.count == 64)
        let chain = try message.chain
        let key = try #require(keys.first { $0.chains.contains(chain) })
        #expect(try isValid(message, by: key))
        if let hash = try message.bodyHash {
            let body = try #require(bodies[hash])
            #expect(try message.fields[10]?.items?[1].number == UInt64(body.count))
        }
        return "\(key.user)/\(key.device)"
    }

    func isValid(_ message: Message) throws -> Bool {
        let chain = try message.chain
        return try isValid(message, by: try #require(keys.first { $0.chains.contains(chain) }))
    }

    func isValid(_ message: Message, by key: Key) throws -> Bool {
        let outcome = try machine.run([
            "/usr/bin/openssl", "pkeyutl", "-verify", "-rawin", "-pubin",
            "-inkey", try machine.file("key.pem", key.pem),
            "-in", try machine.file("signed", Data(message.signedBytes)),
            "-sigfile", try machine.file("signature", Data(message.signature)),
        ])
        #expect(outcome.output.contains("Signature"), "\(outcome.errors)")
        return outcome.status == 0
    }

    private struct NoCOSE: Error {}
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

extension [UInt8] {
    fileprivate func contains(text: String) -> Bool {
        Data(self).range(of: Data(text.utf8)) != nil
    }
}
