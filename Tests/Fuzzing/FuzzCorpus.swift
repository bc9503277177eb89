public import Foundation

/// Inputs that fuzzing begins with, kept in the repository: pairs of lines, `# description` and the
/// bytes in hexadecimal.
///
/// The first are made from real messages, those after them were findings once. With
/// `GALLEY_WRITE_VECTORS=1` in the environment the made ones are written anew and the others kept.
public struct FuzzCorpus {
    /// One input.
    public struct Input: Equatable, Sendable {
        /// What it is.
        public let description: String
        /// Its bytes.
        public let bytes: [UInt8]
    }

    /// All inputs, in the order of the file.
    public let inputs: [Input]

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("corpus")

    /// Reads the corpus of `target`.
    public init(of target: FuzzTarget) throws {
        let url = Self.folder.appendingPathComponent("\(target.name).txt")
        let made = try target.seeds().map { Input(description: $0.description, bytes: $0.bytes) }
        let names = Set(made.map(\.description))
        var kept = try Self.read(url).filter { !names.contains($0.description) }
        if ProcessInfo.processInfo.environment["GALLEY_WRITE_VECTORS"] == "1" {
            kept = kept.filter { $0.description.hasPrefix("found") }
            let text = (made + kept).map { "# \($0.description)\n\(Self.digits(of: $0.bytes))\n" }
            try Data(text.joined().utf8).write(to: url)
        }
        inputs = try Self.read(url)
    }

    /// Puts each input into a file of its own in `folder`, as libFuzzer takes them.
    public func unpack(into folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, input) in inputs.enumerated() {
            try Data(input.bytes).write(to: folder.appendingPathComponent("seed-\(number)"))
        }
    }

    private static func read(_ url: URL) throws -> [Input] {
        guard FileManager.default.fileExists(atPath: url.path) else { return [] }
        var inputs: [Input] = []
        var description = ""
        let text = try String(contentsOf: url, encoding: .utf8)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# ") {
                description = String(line.dropFirst(2))
            } else if !description.isEmpty {
                inputs.append(Input(description: description, bytes: try bytes(of: line)))
                description = ""
            }
        }
        return inputs
    }

    private static func digits(of bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func bytes(of line: Substring) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = line
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 else {
                throw CocoaError(.fileReadCorruptFile)
            }
            result.append(byte)
            rest = rest.dropFirst(2)
        }
        return result
    }
}
