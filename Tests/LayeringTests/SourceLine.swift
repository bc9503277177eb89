import Foundation

/// One line of a source file of this package.
struct SourceLine {
    let file: String
    let text: String

    static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// Every line of every Swift file under `folder`; throws where there is none.
    static func all(under folder: String) throws -> [SourceLine] {
        let lines = try files(under: folder).flatMap { name, text in
            text.split(separator: "\n").map { SourceLine(file: name, text: String($0)) }
        }
        guard !lines.isEmpty else { throw CocoaError(.fileNoSuchFile) }
        return lines
    }

    /// The first line of every Swift file under `folder`.
    static func firstLines(under folder: String) throws -> [SourceLine] {
        try files(under: folder).map { name, text in
            SourceLine(file: name, text: String(text.prefix { $0 != "\n" }))
        }
    }

    private static func files(under folder: String) throws -> [(String, String)] {
        let start = root.appending(path: folder)
        return try FileManager.default.subpathsOfDirectory(atPath: start.path)
            .filter { $0.hasSuffix(".swift") }
            .sorted()
            .map { ($0, try String(contentsOf: start.appending(path: $0), encoding: .utf8)) }
    }

    /// The line's words, comments left out.
    var words: [Substring] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "/") }
            .prefix { !$0.hasPrefix("//") }
            .map { $0 }
    }

    /// Whether anything but a comment stands on the line.
    var isCode: Bool { !words.isEmpty }

    /// The module the line imports, if it does.
    var importedModule: String? {
        let words = words
        // An import stands by itself: the word within a string is none.
        guard let index = words.firstIndex(of: "import"), index <= 2, index + 1 < words.count,
            !text.contains("\"")
        else { return nil }
        let kinds: Set<Substring> = ["struct", "enum", "class", "func", "protocol", "typealias"]
        let next = kinds.contains(words[index + 1]) ? index + 2 : index + 1
        return next < words.count ? String(words[next]) : nil
    }
}
