import Foundation
import Signing
import TestSupport
import Testing

@Suite struct PEMTests {
    private let key: PrivateKey

    init() throws { key = try PrivateKey(seed: Array(0..<32)) }

    private func code(_ pem: [UInt8], passphrase: String? = nil) -> SigningError.Code? {
        do throws(SigningError) {
            _ = try PrivateKey(pem: pem, passphrase: passphrase)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func aKeyIsReadAsItWasWritten() throws {
        let pem = key.pem()
        #expect(String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(try PrivateKey(pem: pem).seed == key.seed)
        // A passphrase nobody needs is no mistake.
        #expect(try PrivateKey(pem: pem, passphrase: "x").seed == key.seed)
    }

    @Test func anEncryptedKeyIsReadWithItsPassphraseAlone() throws {
        let pem = key.pem(passphrase: "Straße 7")
        #expect(
            String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        )
        #expect(try PrivateKey(pem: pem, passphrase: "Straße 7").seed == key.seed)
        #expect(code(pem, passphrase: "Strasse 7") == .wrongPassphrase)
        #expect(code(pem, passphrase: "") == .wrongPassphrase)
        #expect(code(pem) == .passphraseRequired)
        #expect(pem != key.pem(passphrase: "Straße 7"), "the salt is new each time")
    }

    @Test func whatIsNoKeyIsRefused() throws {
        #expect(code([]) == .unreadableKey)
        #expect(code(Array("no key at all".utf8)) == .unreadableKey)
        #expect(code(key.publicKey.pem) == .unreadableKey)
        #expect(code([UInt8](repeating: 0x41, count: 1 << 20)) == .unreadableKey)
        let empty = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"
        #expect(code(Array(empty.utf8)) == .unreadableKey)
    }

    @Test func everyCorruptionOfOneByteIsReadOrRefused() throws {
        let pem = key.pem()
        for index in pem.indices {
            for flip in [1, 0x20, 0x80] as [UInt8] {
                var altered = pem
                altered[index] ^= flip
                let read = try? PrivateKey(pem: altered)
                #expect(read == nil || read?.seed.count == 32)
            }
        }
    }

    @Test(.enabled(if: OpenSSLCommand.isPresent, "\(OpenSSLCommand.absence)"))
    func opensslReadsOurKeys() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("key.pem")
        for passphrase in [nil, "correct horse"] as [String?] {
            try Data(key.pem(passphrase: passphrase)).write(to: URL(fileURLWithPath: path))
            let arguments = ["pkey", "-in", path, "-passin", "pass:\(passphrase ?? "")"]
            let text = try OpenSSLCommand.run(arguments + ["-pubout"])
            #expect(text.status == 0)
            #expect(text.output == key.publicKey.pem)
        }
        let parameters = try OpenSSLCommand.run(["asn1parse", "-in", path])
        let dump = String(decoding: parameters.output, as: UTF8.self)
        #expect(dump.contains("PBES2"))
        #expect(dump.contains("scrypt"))
        #expect(dump.contains("aes-256-cbc"))
    }

    @Test(.enabled(if: OpenSSLCommand.isPresent, "\(OpenSSLCommand.absence)"))
    func weReadKeysOfOpenssl() throws {
        let folder = try TemporaryFolder()
        let plain = folder.file("plain.pem")
        let encrypted = folder.file("encrypted.pem")
        let generated = ["genpkey", "-algorithm", "ed25519", "-out", plain]
        #expect(try OpenSSLCommand.run(generated).status == 0)
        let encryption = ["pkcs8", "-topk8", "-scrypt", "-v2", "aes-256-cbc"]
        #expect(
            try OpenSSLCommand.run(
                encryption + ["-in", plain, "-out", encrypted, "-passout", "pass:secret"]
            ).status == 0
        )
        let first = try PrivateKey(pem: [UInt8](Data(contentsOf: URL(fileURLWithPath: plain))))
        let second = try PrivateKey(
            pem: [UInt8](Data(contentsOf: URL(fileURLWithPath: encrypted))),
            passphrase: "secret"
        )
        #expect(first.seed == second.seed)
    }

    @Test(.enabled(if: OpenSSLCommand.isPresent, "\(OpenSSLCommand.absence)"))
    func keysOfAnotherKindAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x25519.pem")
        #expect(
            try OpenSSLCommand.run(["genpkey", "-algorithm", "x25519", "-out", path]).status == 0
        )
        #expect(code([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))) == .unreadableKey)
    }

    @Test(.enabled(if: OpenSSLCommand.isPresent, "\(OpenSSLCommand.absence)"))
    func opensslVerifiesOurSignatures() throws {
        let folder = try TemporaryFolder()
        let message = Array("stand still, type".utf8)
        for (name, content) in [
            ("key", key.publicKey.pem), ("message", message),
            ("signature", key.signature(for: message)),
        ] {
            try Data(content).write(to: URL(fileURLWithPath: folder.file(name)))
        }
        let arguments = [
            "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", folder.file("key"),
            "-in", folder.file("message"), "-sigfile", folder.file("signature"),
        ]
        #expect(try OpenSSLCommand.run(arguments).status == 0)
        try Data(message + [0]).write(to: URL(fileURLWithPath: folder.file("message")))
        #expect(try OpenSSLCommand.run(arguments).status != 0)
    }
}
