public import ArticleModel
public import Membership
import SQLite

/// Takes in records and entries, any number of times, within one transaction.
///
/// To be used where it was given alone.
public struct Intake {
    private let replica: Replica
    private let peer: DeviceKey

    fileprivate init(_ replica: Replica, from peer: DeviceKey) {
        self.replica = replica
        self.peer = peer
    }

    /// Appends membership records, the next ones in their order; one that is here is passed over.
    ///
    /// Gives how many were new.
    @discardableResult
    public func append(_ records: [MembershipLog.Entry]) throws -> Int {
        let before = try replica.membershipRecords(after: nil).count
        try replica.takeRecords(records, placement: .none)
        return try replica.membershipRecords(after: nil).count - before
    }

    /// Takes in entries in causal order, as far as they break no rule and nothing is missing.
    public func receive(
        _ entries: [IncomingEntry],
        verifying policy: SignaturePolicy = .lastOfEachBranch
    ) throws -> ReceiveReport {
        var receiver = try Receiver(replica, from: peer, placement: .none)
        try receiver.receive(entries, policy)
        return receiver.report
    }
}

extension Replica {
    /// Does `body`, which takes in what comes from `peer`: all of it is kept and durable, or
    /// nothing where it throws.
    public func takeTogether<Result>(
        from peer: DeviceKey,
        _ body: (Intake) throws -> Result
    ) throws(ReplicaError) -> Result {
        try write { try body(Intake(self, from: peer)) }
    }
}
