import ArticleModel
import Membership
import Signing
import Sockets
import SyncProtocol

extension FuzzTarget {
    /// Signed headers of change sets.
    static let headers = FuzzTarget("headers", inputSizeMax: 17 * 1024) { input in
        guard let changeSet = try? SignedChangeSet(decoding: input) else { return }
        let anew = try SignedChangeSet(
            header: changeSet.header,
            signature: changeSet.signature
        )
        try expect(anew.bytes == input, "a change set has a second form")
        try expect(anew.id == changeSet.id, "a change set has a second id")
        let sample = try SampleLibrary.shared.get()
        for key in [sample.owner, sample.editor] {
            let device = try DeviceKey(key.publicKey)
            guard let verified = try? changeSet.verified(by: device) else { continue }
            // What a device signed is what the sample holds; all else would be a forgery.
            try expect(
                sample.entries.contains { $0.id == verified.id },
                "a change set nobody signed is verified"
            )
        }
        try? ChainRules.check(
            changeSet.header,
            by: try DeviceKey(sample.owner.publicKey),
            previous: nil,
            dependencies: [],
            in: sample.log
        )
    } seeds: {
        try SampleLibrary.shared.get().entries.enumerated().map { number, entry in
            ("entry \(number)", entry.changeSet.bytes)
        }
    }

    /// Membership records, receipts and invitations.
    static let membership = FuzzTarget("membership", inputSizeMax: 17 * 1024) { input in
        let sample = try SampleLibrary.shared.get()
        if let record = try? MembershipRecord(decoding: input) {
            try expect(record.encodedAnew == input, "a record has a second form")
            var log = sample.log
            if (try? log.append(record, receipt: nil)) != nil {
                throw Finding("a record without a receipt is taken")
            }
            if (try? MembershipLog(genesis: record)) != nil {
                try expect(record == sample.log.entries[0].record, "a genesis nobody signed")
            }
        }
        if let receipt = try? Receipt(decoding: input) {
            if receipt.isSigned(byOneOf: [try DeviceKey(sample.hub.publicKey)]) {
                try expect(
                    sample.log.entries.contains { $0.receipt == receipt },
                    "a receipt the hub did not sign"
                )
            }
        }
        let text = String(decoding: input, as: UTF8.self)
        if let invitation = try? Invitation(text: text) {
            try expect(
                try Invitation(text: invitation.text) == invitation,
                "an invitation does not come back as it was"
            )
        }
    } seeds: {
        let sample = try SampleLibrary.shared.get()
        var seeds: [(String, [UInt8])] = []
        for (number, entry) in sample.log.entries.enumerated() {
            seeds.append(("record \(number)", entry.record.bytes))
            if let receipt = entry.receipt { seeds.append(("receipt \(number)", receipt.bytes)) }
        }
        return seeds + [("an invitation", Array(sample.invitation.text.utf8))]
    }

    /// Certificates, as the check that TLS asks is shown them.
    static let certificates = FuzzTarget("certificates", inputSizeMax: 2048) { input in
        let sample = try SampleLibrary.shared.get()
        let any = PeerKeyCheck.keyTaken(fromDER: input, pinned: nil)
        let pinned = PeerKeyCheck.keyTaken(fromDER: input, pinned: sample.hub.publicKey.bytes)
        if let any {
            try expect((try? PublicKey(any)) != nil, "a key is taken that fits any signature")
        }
        if let pinned {
            try expect(pinned == sample.hub.publicKey.bytes, "another key than the pinned is taken")
        } else {
            try expect(any != sample.hub.publicKey.bytes, "the pinned key is not taken")
        }
    } seeds: {
        let sample = try SampleLibrary.shared.get()
        let hub = try PeerKeyCheck.certificateInDER(of: sample.hub)
        var small = hub
        if let place = place(of: sample.hub.publicKey.bytes, in: hub) {
            small.replaceSubrange(place, with: [1] + [UInt8](repeating: 0, count: 31))
        }
        return [
            ("the hub's", hub),
            ("a stranger's", try PeerKeyCheck.certificateInDER(of: sample.editor)),
            ("one with a key of small order", small),
        ]
    }

    private static func place(of part: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
        (0...(bytes.count - part.count)).first { bytes[$0...].starts(with: part) }
            .map { $0..<($0 + part.count) }
    }
}
