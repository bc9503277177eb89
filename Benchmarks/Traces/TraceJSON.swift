internal import Foundation

/// A trace as its file has it.
struct TraceJSON: Decodable {
    let kind: String?
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

    /// An agent: a number, or a name of one letter.
    struct Agent: Decodable {
        /// Agents compare as their ranks.
        let rank: UInt32

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(UInt32.self) {
                rank = number
            } else {
                let name = try container.decode(String.self).unicodeScalars
                guard let letter = name.first, name.count == 1 else {
                    throw DecodingError.dataCorruptedError(
                        in: container,
                        debugDescription: "an agent's name is one letter"
                    )
                }
                rank = letter.value
            }
        }
    }

    static func decode<Value: Decodable>(_ type: Value.Type, at url: URL) throws -> Value {
        let data = url.pathExtension == "gz" ? try unpacked(url) : try Data(contentsOf: url)
        return try JSONDecoder().decode(type, from: data)
    }

    private static func unpacked(_ url: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", url.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
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
