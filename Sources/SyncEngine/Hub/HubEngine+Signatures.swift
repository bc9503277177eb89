import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

extension HubEngine {
    /// Has the check of signatures begun of those entries that are new and whose chain's device is
    /// known; gives what waits for the result.
    ///
    /// What does not hold, or was not looked at, is left to the store, which says why.
    func beginCheck(
        _ entries: [Entry],
        _ replica: Replica
    ) throws -> () -> [ChangeSetID: VerifiedChangeSet] {
        guard let checkSignatures else { return { [:] } }
        var lastNew: [ChainID: ChangeSetID] = [:]
        var questions: [(entry: SignedChangeSet, device: DeviceKey)] = []
        questions.reserveCapacity(entries.count)
        for entry in entries {
            let chain = entry.header.chain
            if chainDevices[chain] == nil {
                chainDevices[chain] = try replica.deviceOfChain(of: entry.header)
            }
            guard let device = chainDevices[chain] else { continue }
            // What comes after a new one is new.
            if entry.header.previous == nil || entry.header.previous != lastNew[chain] {
                guard try !replica.contains(entry.id) else { continue }
            }
            lastNew[chain] = entry.id
            questions.append((entry.changeSet, device))
        }
        let wait = checkSignatures(questions)
        return {
            var result = [ChangeSetID: VerifiedChangeSet](minimumCapacity: questions.count)
            for case let verified? in wait() { result[verified.id] = verified }
            return result
        }
    }
}
