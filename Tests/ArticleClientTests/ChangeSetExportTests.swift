import CBOR
import Foundation
import TestSupport
import Testing

/// What was signed can be verified by strangers: by the standards alone, with a tool of theirs.
@Suite(.enabled(if: OpenSSLCommand.isPresent, "\(OpenSSLCommand.absence)"))
struct ChangeSetExportTests {
    private let terminal: Terminal
    private let path: String

    init() throws {
        terminal = try Terminal()
        let id = try terminal.makeLibrary()
        terminal.run("tag", id, "+night")
        terminal.run("note", "add", id, "--quote", "island", "-m", "Which?")
        path = terminal.folder.file("log.cbor")
        #expect(terminal.run("export", "--format", "changesets", "-o", path).exit == 0)
    }

    /// The COSE_Sign1 messages of a CBOR sequence, each with what it signs and its signature.
    private func messages() throws -> [(signed: [UInt8], signature: [UInt8])] {
        var reader = CBORReader([UInt8](try Data(contentsOf: URL(filePath: path))))
        var messages: [(signed: [UInt8], signature: [UInt8])] = []
        while !reader.isAtEnd {
            #expect(try reader.tag() == 18)
            #expect(try reader.array() == 4)
            let protected = Array(try reader.bytes())
            #expect(try reader.map() == 0)
            let payload = Array(try reader.bytes())
            let signature = Array(try reader.bytes())
            // The Sig_structure of RFC 9052, section 4.4.
            var writer = CBORWriter()
            writer.array(4)
            writer.text("Signature1")
            writer.bytes(protected)
            writer.bytes([UInt8]())
            writer.bytes(payload)
            messages.append((writer.bytes, signature))
        }
        return messages
    }

    private func keyFile() throws -> String {
        let data = try Data(contentsOf: URL(filePath: path + ".keys.json"))
        let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let device = try #require((json?["devices"] as? [[String: Any]])?.first)
        #expect(device["user"] as? String == "ada")
        let pem = try #require(device["pem"] as? String)
        return try terminal.write(pem, to: "key.pem")
    }

    private func isGood(_ signed: [UInt8], _ signature: [UInt8], _ key: String) throws -> Bool {
        let data = terminal.folder.file("signed.bin")
        let mark = terminal.folder.file("signature.bin")
        try Data(signed).write(to: URL(filePath: data))
        try Data(signature).write(to: URL(filePath: mark))
        let words = [
            "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", data, "-sigfile", mark,
        ]
        return try OpenSSLCommand.run(words).status == 0
    }

    @Test func everyMessageHoldsUnderTheMembersKey() throws {
        let key = try keyFile()
        let messages = try messages()
        let entries = try terminal.run("status", "--json").json()["entries"] as? Int
        #expect(messages.count == entries)
        for message in messages {
            #expect(try isGood(message.signed, message.signature, key))
            var altered = message.signed
            altered[altered.count - 1] ^= 1
            #expect(try !isGood(altered, message.signature, key))
        }
    }

    @Test func theBodiesStandBesideInTheOrderOfTheMessages() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path + ".bodies")))
        var reader = CBORReader(bytes)
        var count = 0
        while !reader.isAtEnd {
            #expect(try !reader.bytes().isEmpty)
            count += 1
        }
        // The opening of the chain has none: seed, tags of the file, tag, note.
        #expect(count == (try messages().count) - 1)
    }
}
