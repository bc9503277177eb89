import ArticleModel
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
