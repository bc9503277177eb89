import ArticleModel
import Membership
import ReplicaStore
import SyncProtocol

/// What a peer is told of entries it sent that were not taken.
enum EntryFaults {
    /// One for the first entry of each chain that was refused or waits.
    static func faults(_ entries: [Entry], _ report: ReceiveReport) -> [Fault] {
        var told: Set<ChainID> = []
        var faults: [Fault] = []
        for (entry, outcome) in zip(entries, report.outcomes) {
            let code: Fault.Code
            let text: String
            switch outcome {
            case .stored, .duplicate:
                continue
            case .refused(let error):
                code = Fault.Code(error.code)
                text = error.message
            case .parked(let missing):
                (code, text) = waiting(entry, missing)
            }
            guard told.insert(entry.header.chain).inserted else { continue }
            faults.append(
                Fault(
                    code,
                    .chain,
                    text: text,
                    chain: entry.header.chain,
                    sequence: entry.header.sequence
                )
            )
        }
        return faults
    }

    /// What is said of an entry that waits for others.
    private static func waiting(_ entry: Entry, _ missing: [ChangeSetID]) -> (Fault.Code, String) {
        if let previous = entry.header.previous, missing.contains(previous) {
            let place = "Entry \(entry.header.sequence) of the chain"
            return (.chainGap, "\(place) waits for the one before it, which is not known here.")
        }
        guard !missing.isEmpty else {
            let text = "The entry waits for a membership record that is not known here."
            return (.dependencyMissing, text)
        }
        let text = "The entry waits for \(missing.count) others that are not known here."
        return (.dependencyMissing, text)
    }
}
