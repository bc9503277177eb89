import ArticleFormats
import Diagnostics
import SyncEngine
import SyncProtocol

/// What a sync with another machine did, for people and for scripts.
struct PeerNews {
    private let report: PeerReport
    private let name: String
    private let address: String

    /// What was done with the device `name` at `address`.
    init(_ report: PeerReport, name: String, address: String) {
        self.report = report
        self.name = name
        self.address = address
    }

    /// Whether everything that was sent or came was taken.
    var isWhole: Bool { report.faults.isEmpty && report.refusals.isEmpty }

    func tell(_ output: Output) {
        let summary = report.summary
        guard output.isText else {
            output.json([
                "schema": "galley.peer-sync/1", "event": "synced", "device": .string(name),
                "address": .string(address), "sent": .integer(Int64(summary.sentCount)),
                "received": .integer(Int64(summary.receivedCount)),
                "new": .integer(Int64(summary.storedCount)),
                "records": .integer(Int64(report.recordCount)),
                "bytes": .integer(
                    Int64(clamping: summary.sentByteCount + summary.receivedByteCount)
                ),
                "faults": .strings(report.faults.map(\.text) + report.refusals.map(\.message)),
            ])
            return
        }
        var facts = ["sent \(counted(summary.sentCount, "change set"))"]
        facts.append("received \(summary.storedCount)")
        if report.recordCount > 0 { facts.append(counted(report.recordCount, "membership record")) }
        let size = HumanSize.text(
            ofBytes: Int(clamping: summary.sentByteCount + summary.receivedByteCount)
        )
        output.print("\(name) (\(address)): \(facts.joined(separator: ", ")) (\(size)).")
        for fault in report.faults {
            output.warning("\(name) did not take a change from here: \(fault.text)")
        }
        for refusal in report.refusals {
            output.warning("A change of \(name)'s was not taken: \(refusal.message)")
        }
    }
}
