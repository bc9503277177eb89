import ArticleModel
import Membership
import ReplicaStore
import Signing
import Testing

@Suite struct `What several peers send a hub at once` {
    /// A hub, and what opens a member's chain with two articles after it.
    private func sent() throws -> (hub: Replica, entries: [StoredEntry], device: DeviceKey) {
        let library = try TestLibrary()
        let laptop = try library.makeReplica("laptop")
        let signer = library.makeSigner(library.ownerKey)
        for title in ["One", "Two"] {
            _ = try laptop.commit([.seed(.test(title))], as: signer, now: 5)
        }
        return (
            try library.makeReplica("hub"),
            try laptop.unplacedEntries(afterRow: 0, sizeMax: 1 << 20),
            try DeviceKey(library.ownerKey.publicKey)
        )
    }

    @Test func `is written together, with dense positions in the order of the batches`() throws {
        let (hub, entries, device) = try sent()
        let incoming = entries.map { IncomingEntry($0.signed, body: $0.body) }
        let reports = try hub.receiveAsHub([
            IncomingBatch([incoming[0]], from: device),
            IncomingBatch([incoming[0], incoming[1]], from: device),
            IncomingBatch([], from: device),
            IncomingBatch([incoming[2]], from: device),
        ])
        #expect(reports.map(\.storedCount) == [1, 1, 0, 1])
        #expect(reports.map(\.head.position) == [1, 2, 2, 3])
        #expect(try hub.hubHead().position == 3)
    }

    @Test func `a faulty batch does the others no harm`() throws {
        let (hub, entries, device) = try sent()
        let incoming = entries.map { IncomingEntry($0.signed, body: $0.body) }
        let wrongBody = IncomingEntry(entries[1].signed, body: [1, 2, 3])
        let reports = try hub.receiveAsHub([
            IncomingBatch([incoming[0]], from: device), IncomingBatch([wrongBody], from: device),
            IncomingBatch([incoming[1]], from: device),
        ])
        #expect(reports.map(\.storedCount) == [1, 0, 1])
        #expect(reports[1].firstRefusal?.code == .wrongBody)
    }

    @Test func `a signature checked beforehand counts only for the chain's own device`() throws {
        let (hub, entries, device) = try sent()
        let checked = try entries.map {
            IncomingEntry(try $0.signed.verified(by: device), body: $0.body)
        }
        #expect(try hub.deviceOfChain(of: entries[0].signed.header) == device)
        #expect(try hub.deviceOfChain(of: entries[1].signed.header) == nil)
        let report = try hub.receiveAsHub([checked[0]], from: device)
        #expect(report.storedCount == 1)

        // Signed anew by a stranger with a sound signature of their own.
        let stranger = PrivateKey.generate()
        let forged = try entries[1].signed.header.signed(with: stranger)
        let refused = try hub.receiveAsHub(
            [IncomingEntry(forged, body: entries[1].body)],
            from: device
        )
        #expect(refused.firstRefusal?.code == .badSignature)
        #expect(try hub.receiveAsHub(Array(checked.dropFirst()), from: device).storedCount == 2)
    }
}
