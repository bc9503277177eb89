import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

// A hub that was restored from a backup does not know it: whatever would tell was restored as well.
// But a client that follows a log which the hub does not have, or that has membership records which
// the hub lacks, betrays it. Until an owner has been here since, a record that the hub takes could be
// the second one of its number; so it gives no receipts.

extension HubEngine {
    /// Looks at whether what a member's device says of itself means that the hub was restored.
    func noteStanding(of stream: HubStream, _ hello: Hello, _ log: MembershipLog) throws {
        guard let replica = stream.replica, log.role(of: stream.connection.device) != nil,
            !ownersSeen.contains(replica.library)
        else { return }
        let lacksRecords = hello.membership.map { $0.position > log.head.sequence } ?? false
        let agrees = try replica.hubHead(at: hello.cursor.position)?.accumulator.prefix(16)
            .elementsEqual(hello.cursor.prefix)
        guard agrees != true || lacksRecords, try !replica.withholdsReceipts() else { return }
        try replica.setWithholdsReceipts(true)
    }
}
