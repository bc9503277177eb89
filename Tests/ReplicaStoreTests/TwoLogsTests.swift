import ArticleModel
import Membership
import ReplicaStore
import TestSupport
import Testing

/// A hub that vouches for two records of one number.
@Suite("Two membership logs")
struct TwoLogsTests {
    /// The library's next record of members, of which there can be several.
    private func record(_ role: Role, in library: TestLibrary) throws -> MembershipLog.Entry {
        let (record, _) = try library.log.invitation(
            for: role,
            seed: library.random.bytes(32),
            expiryMilliseconds: 1_000_000,
            useCount: 1,
            suggestedName: nil,
            timeMilliseconds: 3,
            signedBy: library.ownerKey
        )
        let receipt = try Receipt.issue(
            for: record,
            nextIn: library.log,
            at: 3,
            signedBy: library.hubKey
        )
        return MembershipLog.Entry(record: record, receipt: receipt)
    }

    @Test func theRecordThatWasHereFirstStaysAndTheOtherIsRefused() throws {
        let library = try TestLibrary()
        let replica = try library.makeReplica("one.db")
        let first = try record(.editor, in: library)
        let second = try record(.admin, in: library)
        try replica.appendMembership([first])
        // Once more is no other.
        try replica.appendMembership([first])
        #expect(throws: ReplicaError.self) { try replica.appendMembership([second]) }
        #expect(throws: ReplicaError.self) { try replica.appendMembershipAsHub([second]) }
        #expect(try replica.membership().head.id == first.record.id)
        // Syncing articles goes on.
        let signer = library.makeSigner(library.ownerKey)
        try replica.commit([.seed(.test("One"))], as: signer, now: 10)
        #expect(try replica.entries().last?.signed.header.membership.sequence == 2)
    }
}
