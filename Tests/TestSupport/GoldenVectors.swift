public import Foundation

/// Bytes pinned in the repository: what is signed, stored or sent must not change unseen.
///
/// A file in `Protocol/vectors` holds pairs of lines: `# description`, then the bytes in
/// hexadecimal. With `GALLEY_WRITE_VECTORS=1` in the environment files are written instead of
/// compared, for a change that is meant.
public struct GoldenVectors {
    /// One pinned value.
    public struct Vector: Equatable, Sendable {
        /// What the bytes are the form of.
        public let description: String
        /// The bytes.
        public let bytes: [UInt8]

        /// Pins `bytes` as the form of what `description` says.
        public init(_ description: String, _ bytes: [UInt8]) {
            self.description = description
            self.bytes = bytes
        }
    }

    /// The folder of all vectors.
    public static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Protocol/vectors")

    /// The vectors in the file `name`; before that, they are written where the environment asks.
    public static func load(_ name: String, made: [Vector]) throws -> [Vector] {
        let url = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["GALLEY_WRITE_VECTORS"] == "1" {
            let lines = made.map { "# \($0.description)\n\(digits(of: $0.bytes))\n" }
            try Data(lines.joined().utf8).write(to: url)
        }
        var result: [Vector] = []
        var description = ""
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("# ") {
                description = String(line.dropFirst(2))
            } else {
                result.append(Vector(description, try bytes(of: line)))
            }
        }
        return result
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
