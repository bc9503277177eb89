import ArticleModel
import Membership
import Signing
import SyncServer
import TestSupport
import Testing

@Suite("Checking signatures in the background")
struct SignatureCheckerTests {
    /// Openings of chains, each signed by its device or, where `isForged`, by another.
    private func makeQuestions(
        _ count: Int,
        isForged: (Int) -> Bool = { _ in false }
    ) throws -> [SignatureChecker.Question] {
        var random = SeededRandom(seed: UInt64(count))
        let keys = try (0..<3).map { _ in try PrivateKey(seed: random.bytes(32)) }
        let library = try #require(LibraryID(random.bytes(32)))
        let prefix = try #require(MemberRecordPrefix(random.bytes(16)))
        return try (0..<count).map { number in
            let key = keys[number % 3]
            let device = try DeviceKey(key.publicKey)
            let opening = ChainOpening(
                device: device,
                incarnation: try #require(Incarnation(random.bytes(16)))
            )
            let header = ChangeSetHeader(
                opening: opening,
                library: library,
                lamport: 1,
                timeMilliseconds: 1,
                membership: MembershipReference(sequence: 0, prefix: prefix),
                dependencies: []
            )
            var signed = try header.signed(with: key).signed
            if isForged(number) {
                signed = try SignedChangeSet(
                    header: header,
                    signature: keys[(number + 1) % 3].signature(for: signed.signatureStructure)
                )
            }
            return (signed, device)
        }
    }

    @Test("gives what holds, in the order asked, on any number of cores", arguments: [1, 2, 5])
    func order(coreCount: Int) throws {
        let checker = SignatureChecker(coreCount: coreCount)
        for count in [0, 1, 15, 16, 200] {
            let questions = try makeQuestions(count) { $0 % 7 == 3 }
            let answers = checker.begin(questions)()
            #expect(answers.count == count)
            for (index, answer) in answers.enumerated() {
                #expect((answer == nil) == (index % 7 == 3))
                if let answer { #expect(answer.id == questions[index].entry.id) }
            }
        }
    }

    @Test("answers batches in any order, and each as often as asked")
    func batches() throws {
        let checker = SignatureChecker(coreCount: 3)
        let sizes = [40, 3, 100, 17]
        let questions = try sizes.map { try makeQuestions($0) }
        let waits = questions.map { checker.begin($0) }
        for index in [2, 0, 3, 1, 2] {
            let answers = waits[index]()
            #expect(answers.compactMap { $0?.id } == questions[index].map { $0.entry.id })
        }
    }
}
