import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// A conflict as a file to edit, with the marks git puts around what differs.
struct ConflictFile {
    /// What the editor gets.
    let text: String
    private let head: [String]
    private let conflict: ArticleConflict
    /// Marks that are words of the article, and so may stay.
    private let ownLines: Set<String>

    private static let headMark = "galley: "

    init(_ found: FoundConflict, _ library: OpenLibrary) {
        conflict = found.conflict
        let title = VisibleText.line(found.summary.displayTitle)
        head = [
            "conflict \(found.record.shortHandle) in \(found.summary.shortHandle) "
                + "\(found.place(in: library)) “\(title)”",
            "Leave the words that are to stand there, and none of the lines with marks.",
            "Lines like this one are taken out. Unchanged, the conflict stays open.",
        ].map { Self.headMark + $0 }
        var lines = head
        var own: Set<String> = []
        func add(_ mark: String, _ label: String, _ content: ArticleConflict.Content?) {
            lines.append(String(repeating: mark, count: 7) + (label.isEmpty ? "" : " " + label))
            guard let content else { return }
            let words = Self.words(content)
            guard !words.isEmpty else { return }
            let wordLines = words.split(separator: "\n", omittingEmptySubsequences: false)
            own.formUnion(wordLines.map(String.init).filter(Self.isMark))
            lines += wordLines.map(String.init)
        }
        let alternatives = found.conflict.alternatives
        func label(_ number: Int) -> String {
            let people = found.sides(of: alternatives[number]).map { $0.text(in: library) }
            let names = VisibleText.line(people.joined(separator: ", "))
            return number == 0 ? names + " (shown meanwhile)" : names
        }
        add("<", label(0), alternatives[0].content)
        add("|", "base", found.conflict.base ?? .words(ScalarText()))
        // Git knows two sides only; further ones stand between marks that name them.
        for number in alternatives.indices.dropFirst() {
            let isLast = number == alternatives.count - 1
            add("=", isLast && number == 1 ? "" : label(number), alternatives[number].content)
        }
        add(">", label(alternatives.count - 1), nil)
        text = lines.joined(separator: "\n") + "\n"
        ownLines = own
    }

    /// The words of an alternative without the blanks and line ends around them, which the editor
    /// would lose.
    private static func words(_ content: ArticleConflict.Content) -> String {
        let scalars = Array(content.words.unicodeScalars)
        let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
        let end = scalars.lastIndex { !$0.properties.isWhitespace }.map { $0 + 1 } ?? start
        return String(String.UnicodeScalarView(scalars[start..<end]))
    }

    private static func isMark(_ line: String) -> Bool {
        ["<", "|", "=", ">"].contains { mark in
            let marks = String(repeating: mark, count: 7)
            return line == marks || line.hasPrefix(marks + " ")
        }
    }

    /// What an editor, or somebody's file, left to choose.
    func choice(from bytes: [UInt8]) throws -> ConflictResolution {
        guard let read = String(validating: bytes, as: UTF8.self) else {
            throw ClientError(.failed, "format.brokenUTF8", "The text is no UTF-8.")
        }
        var text = ""
        for scalar in read.unicodeScalars where scalar != "\r" {
            text.unicodeScalars.append(scalar)
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.removeAll { head.contains($0) }
        let left = lines.filter { Self.isMark($0) && !ownLines.contains($0) }
        guard left.isEmpty else {
            throw ClientError(
                .failed,
                "conflict.markers",
                "The text still has \(counted(left.count, "line")) with marks of the conflict "
                    + "(“\(left[0].prefix(24))”), so nothing was resolved."
            )
        }
        let typed = Self.words(
            .words(ScalarText(UnicodeForms.composed(lines.joined(separator: "\n"))) ?? .init())
        )
        // What is one of the alternatives is taken as such, with its authors.
        let same = conflict.alternatives.firstIndex { alternative in
            Self.words(alternative.content).utf8.elementsEqual(typed.utf8)
        }
        if let same { return .alternative(same) }
        guard !typed.isEmpty else {
            throw ClientError(
                .failed,
                "format.empty",
                "The text is empty, and no side took the words out, so nothing was resolved."
            )
        }
        return try own(typed)
    }

    /// Words that nobody had typed yet.
    private func own(_ typed: String) throws -> ConflictResolution {
        let malformed = ClientError(
            .failed,
            "format.malformed",
            "The text has characters no text may have (NUL)."
        )
        switch conflict.subject {
        case .note:
            guard let words = ScalarText(typed) else { throw malformed }
            return .words(words)
        case .text:
            // The blanks around stay as they are shown.
            let like = conflict.alternatives.first { !Self.words($0.content).isEmpty }
            let whole = like?.content.words ?? ""
            let inner = Self.words(.words(ScalarText(whole) ?? .init()))
            let scalars = Array(whole.unicodeScalars)
            let before = scalars.prefix { $0.properties.isWhitespace }
            let after = scalars.dropFirst(before.count + inner.unicodeScalars.count)
            let text =
                String(String.UnicodeScalarView(before)) + typed
                + String(String.UnicodeScalarView(after))
            guard let words = ScalarText(text) else { throw malformed }
            return .words(words)
        case .field(let field):
            return .value(try SetCommand.value(of: field, typed))
        case .article:
            throw ClientError(
                .usage,
                "conflict.choice",
                "Whether an article is kept or deleted cannot be typed: take one side.",
                hint: "galley resolve ID --take USER"
            )
        }
    }
}
