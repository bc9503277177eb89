import ArticleModel
import Foundation
import Membership
import Signing
import TestSupport
import Testing

@Suite struct InvitationTests {
    private let forUser: Invitation
    private let forDevice: Invitation

    init() throws {
        var library = try TestLibrary.withHub()
        forUser = try library.invite(.annotator, uses: 3)
        forDevice = try library.inviteDevice()
    }

    @Test func aTextIsReadAsItWasWritten() throws {
        for invitation in [forUser, forDevice] {
            let text = invitation.text
            #expect(text.hasPrefix("galley-invite:"))
            #expect(text.utf8.dropFirst(14).allSatisfy { Self.letters.contains($0) })
            #expect(try Invitation(text: text) == invitation)
        }
        #expect(forUser.suggestedName == "Ben")
        #expect(forUser.grant == .user(.annotator))
        #expect(forUser.useCount == 3)
        #expect(forUser.hubAddress == "hub.example.org:7425")
        #expect(try forUser.hubKeys == [TestLibrary.device(100)])
        #expect(forUser.libraryName == "Press cuttings")
        #expect(forUser.seed == [UInt8](repeating: 200, count: 32))
    }

    @Test func whiteSpaceOnItsWayDoesNoHarm() throws {
        var text = "  \n"
        for (index, character) in forUser.text.enumerated() {
            if index.isMultiple(of: 70) { text += "\r\n " }
            text.append(character)
        }
        #expect(try Invitation(text: text + "\n") == forUser)
    }

    @Test(arguments: ["", "hello", "galley-invit", "GALLEY-INVITE:AAAA", "https://example.org/"])
    func whatIsNoInvitationIsRefusedAsSuch(text: String) {
        #expect(code { _ = try Invitation(text: text) } == .notAnInvitation)
    }

    @Test func whatIsTooLongIsRefusedBeforeItIsDecoded() {
        let text = Invitation.prefix + String(repeating: "A", count: 5000)
        #expect(code { _ = try Invitation(text: text) } == .notAnInvitation)
    }

    @Test func everyAlteredLetterIsNoticed() throws {
        let text = Array(forDevice.text.utf8)
        for index in 14..<text.count {
            for letter in [UInt8(ascii: "A"), UInt8(ascii: "z"), UInt8(ascii: "=")]
            where letter != text[index] {
                var altered = text
                altered[index] = letter
                let read = code {
                    _ = try Invitation(text: String(decoding: altered, as: UTF8.self))
                }
                #expect(read == .invitationDamaged)
            }
        }
    }

    @Test func everyCutIsNoticed() {
        let text = forUser.text
        for count in 14..<text.utf8.count {
            #expect(
                code { _ = try Invitation(text: String(text.prefix(count))) } == .invitationDamaged
            )
        }
    }

    @Test func whatAnInvitationSaysIsChecked() throws {
        let key = try TestLibrary.device(100).bytes
        let smallOrder = [UInt8](repeating: 0, count: 32)
        func judged(
            version: UInt64 = 0,
            address: String = "hub.example.org:7425",
            keys: [[UInt8]],
            name: String = "Press cuttings",
            seedCount: Int = 32,
            role: UInt64 = 3
        ) -> MembershipError.Code? {
            let content = Item.map([
                (0, .unsigned(version)), (1, .text(address)),
                (2, .array(keys.map { .bytes($0) })), (3, .bytes([UInt8](repeating: 1, count: 32))),
                (4, .text(name)), (5, .bytes([UInt8](repeating: 2, count: seedCount))),
                (6, .unsigned(role)), (8, .integer(1)), (9, .unsigned(1)),
            ]).encoded
            let text = Data(SHA256.hash(content).prefix(4) + content).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            return code { _ = try Invitation(text: Invitation.prefix + text) }
        }
        #expect(judged(keys: [key]) == nil)
        #expect(judged(version: 1, keys: [key]) == .unknownVersion)
        #expect(judged(address: "hub\u{1b}[2J", keys: [key]) == .invalidName)
        #expect(judged(address: "", keys: [key]) == .invalidName)
        #expect(judged(keys: []) == .badKey)
        #expect(judged(keys: [smallOrder]) == .badKey)
        #expect(judged(keys: [key, key]) == .malformed)
        #expect(judged(keys: [key], name: "a\nb") == .invalidName)
        #expect(judged(keys: [key], seedCount: 31) == .malformed)
        #expect(judged(keys: [key], role: 9) == .unknownKind)
    }

    @Test func expiryIsToldBeforeAnybodyIsAsked() {
        #expect(code { try forUser.checkExpiry(at: TestLibrary.expiry - 1) } == nil)
        #expect(code { try forUser.checkExpiry(at: TestLibrary.expiry) } == .invitationExpired)
    }

    @Test func randomTextsAreRefused() {
        var random = SeededRandom(seed: 3)
        let letters = Array(Self.letters)
        for _ in 0..<2000 {
            let text = (0..<random.below(300)).map { _ in letters[random.below(letters.count)] }
            #expect(throws: MembershipError.self) {
                try Invitation(text: Invitation.prefix + String(decoding: text, as: UTF8.self))
            }
        }
    }

    private static let letters =
        Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
