import ArticleModel
import Signing

/// A code that lets one device register one library with a hub, once.
///
/// Eighty random bits in sixteen letters; the hub keeps only the hash.
public struct ClaimCode: Sendable {
    /// The code as it is handed over: `k3f9-…`, in fours.
    public let text: String

    /// A new code of ten random bytes.
    init() {
        let letters = Array(Handle.letters(of: SecureRandom.bytes(10)))
        let groups = stride(from: 0, to: letters.count, by: 4).map { start in
            String(letters[start..<min(start + 4, letters.count)])
        }
        text = groups.joined(separator: "-")
    }

    /// The name of the file that stands for a code, whoever typed it: case, hyphens and spaces do
    /// not count, nor what looks alike.
    static func name(of typed: String) -> String {
        let letters = typed.lowercased().utf8.compactMap { letter -> UInt8? in
            switch letter {
            case UInt8(ascii: "o"): UInt8(ascii: "0")
            case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
            case UInt8(ascii: "-"), UInt8(ascii: " "): nil
            default: letter
            }
        }
        return SHA256.hash(Array("galley/1/claim\0".utf8) + letters).hexadecimal
    }
}
