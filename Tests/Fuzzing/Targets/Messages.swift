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
        try SampleMessages.all().enumerated().map { number, message in
            ("\(number): \(message.type)", [message.type.rawValue] + message.encoded())
        }
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
        try expect(message.encoded() == payload, "a message has a second form")
    }
}
