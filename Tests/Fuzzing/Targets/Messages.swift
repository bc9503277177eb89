import ArticleModel
import Membership
import SyncProtocol

extension FuzzTarget {
    /// Messages but runs: the first byte is the type, the rest the payload.
    static let messages = FuzzTarget("messages") { input in
        guard let first = input.first, let type = MessageType(rawValue: first), type != .run else {
            return
        }
        try readBack(type, Array(input.dropFirst()))
    } seeds: {
        let messages = try SampleMessages.all()
        var seeds = messages.enumerated().map { number, message in
            ("\(number): \(message.type)", [message.type.rawValue] + message.encoded())
        }
        for type in [MessageType.hello, .welcome] {
            guard let message = messages.first(where: { $0.type == type }) else { continue }
            // With one more entry, of a key that may be skipped.
            var payload = message.encoded()
            payload[0] += 1
            payload += [0x18, 0x80, 0x01]
            seeds.append(("\(type) of a newer peer", [type.rawValue] + payload))
        }
        return seeds
    }

    /// The messages by which two replicas find out what they lack.
    static let ranges = FuzzTarget("ranges") { input in
        let types: [MessageType] = [.probe, .ranges, .want]
        guard let first = input.first, let type = MessageType(rawValue: first),
            types.contains(type)
        else { return }
        try readBack(type, Array(input.dropFirst()))
    } seeds: {
        try SampleComparisons.all().enumerated().map { number, message in
            ("\(number): \(message.type)", [message.type.rawValue] + message.encoded())
        }
    }

    /// Runs, whose headers are built anew from what both sides know.
    static let runs = FuzzTarget("runs") { input in
        let library = try SampleLibrary.shared.get().log.library
        guard let run = try? RunDecoder.decode(input, library: library) else { return }
        for case .entry(let entry) in run.items {
            try expect(entry.header.library == library, "an entry of another library")
            let again = try SignedChangeSet(decoding: entry.changeSet.bytes)
            try expect(again.id == entry.id, "an entry has another id when it is read again")
            if let body = entry.body {
                try expect(
                    entry.header.body
                        == BodyReference(
                            codecVersion: entry.header.body?.codecVersion ?? 0,
                            bytes: body
                        ),
                    "a body is not the one its header names"
                )
            }
        }
        // Several forms may be read; the one that is written says the same.
        let again = try RunDecoder.decode(run.encoded(), library: library)
        try expect(again == run, "a run does not come back as it was")
    } seeds: {
        let entries = try SampleLibrary.shared.get().entries
        var cursor = Cursor(position: 0, accumulator: [UInt8](repeating: 0, count: 32))
        for entry in entries { cursor = cursor.advanced(by: entry.id) }
        let whole = entries.map(RunItem.entry)
        return [
            ("a client's", Run(firstPosition: nil, end: nil, items: whole).encoded()),
            ("a hub's", Run(firstPosition: 1, end: cursor.mark, items: whole).encoded()),
            (
                "a hub's, with names",
                Run(
                    firstPosition: 2,
                    end: cursor.mark,
                    items: [.held(entries[0].id)] + whole[1..<4]
                ).encoded()
            ),
        ]
    }

    private static func readBack(_ type: MessageType, _ payload: [UInt8]) throws {
        guard let message = try? Message(type: type, payload: payload) else { return }
        try expect(message.type == type, "a message is read as one of another type")
        // An unknown error code is read as one; BYE may be longer one day.
        if case .error(let fault) = message, fault.code == .unknown { return }
        if case .bye = message { return }
        let again = message.encoded()
        switch message {
        case .hello, .welcome:
            // Keys that may be skipped come after all others, and are not written again.
            try expect(
                entries(ofMap: payload).starts(with: entries(ofMap: again)),
                "a greeting has a second form"
            )
        default:
            try expect(again == payload, "a message has a second form")
        }
    }

    /// The bytes of a CBOR map without its count (RFC 8949, section 3).
    private static func entries(ofMap bytes: [UInt8]) -> ArraySlice<UInt8> {
        let count = (bytes.first ?? 0) & 0x1F
        return bytes.dropFirst(count < 24 ? 1 : 1 + (1 << (Int(count) - 24)))
    }
}
