internal import Foundation

/// A trace as its file has it.
struct TraceJSON: Decodable {
    let kind: String?
    let startContent: String?
    let endContent: String
    let txns: [Transaction]

    struct Transaction: Decodable {
        let parents: [Int]?
        let agent: Agent?
        let span: [Int]?
        let seqStart: UInt64?
        let patches: [TraceFile.Patch]?
        let ops: [TraceFile.Patch]?
    }

    /// An agent: a number, or a name.
    enum Agent: Decodable {
        case number(UInt32)
        case name(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(UInt32.self) {
                self = .number(number)
            } else {
                self = .name(try container.decode(String.self))
            }
        }

        /// Agents compare as their ranks.
        func rank(in ranks: [String: UInt32]) -> UInt32 {
            switch self {
            case .number(let number): number
            case .name(let name): ranks[name] ?? 0
            }
        }
    }

    /// The place of each agent's name among all of them, by their UTF-8.
    static func ranks(of transactions: [Transaction]) -> [String: UInt32] {
        var names: Set<String> = []
        for transaction in transactions {
            if case .name(let name) = transaction.agent { names.insert(name) }
        }
        var ranks: [String: UInt32] = [:]
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for (rank, name) in sorted.enumerated() { ranks[name] = UInt32(rank) }
        return ranks
    }

    static let whitespace: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]

    static func decode<Value: Decodable>(
        _ type: Value.Type,
        _ data: Data
    ) throws(TraceError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw TraceError(.malformed, error.inWords)
        } catch {
            throw TraceError(.malformed, "\(error)")
        }
    }

    /// The bytes of a file, unpacked where they begin as gzip's do.
    static func data(at url: URL) throws(TraceError) -> Data {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            let isThere = FileManager.default.fileExists(atPath: url.path)
            throw TraceError(
                .unreadable,
                isThere ? "cannot be read" : "there is no such file"
            )
        }
        return data.starts(with: [0x1F, 0x8B]) ? try unpacked(url) : data
    }

    private static func unpacked(_ url: URL) throws(TraceError) -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", "--", url.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw TraceError(.unreadable, "gzip, which unpacks it, cannot be started")
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TraceError(.unreadable, "gzip cannot unpack it: damaged or cut off")
        }
        return data
    }
}

extension TraceFile.Patch: Decodable {
    /// Reads `[position, deleted, "inserted"]`.
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        position = try container.decode(Int.self)
        deletedCount = try container.decode(Int.self)
        inserted = try container.decode(String.self)
    }
}

extension DecodingError {
    /// What is wrong and where, in a sentence.
    fileprivate var inWords: String {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            Self.sentence(context, context.debugDescription)
        case .keyNotFound(let key, let context):
            Self.sentence(context, "'\(key.stringValue)' is missing")
        @unknown default: "not of the form of a trace"
        }
    }

    private static func sentence(_ context: Context, _ text: String) -> String {
        let path = context.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }
        return path.isEmpty ? text : "\(path.joined(separator: ".")): \(text)"
    }
}
