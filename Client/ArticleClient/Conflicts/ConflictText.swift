import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// Conflicts for people.
struct ConflictText {
    let library: OpenLibrary
    private var output: Output { library.client.output }

    /// One line of a list: id, article, place, kind, sides.
    func line(_ found: FoundConflict) -> StyledText {
        var text = StyledText(found.record.shortHandle, .handle)
        text.append("  ")
        text.append(StyledText(found.summary.shortHandle, .handle))
        text.append(" \(found.place(in: library))  \(found.kind)  ")
        let alternatives = found.conflict.alternatives.filter { !$0.isNested }
        for (index, alternative) in alternatives.enumerated() {
            if index > 0 { text.append("  |  ") }
            text.append(people(found.sides(of: alternative)))
        }
        return text
    }

    /// The words of a conflict that are shown meanwhile, marked on the page; nil for one that is in
    /// no text.
    func mark(_ found: FoundConflict) -> PageMark? {
        let place: PageMark.Place
        switch found.conflict.subject {
        case .text(.summary, _): place = .summary
        case .text(.body, _): place = .body
        case .field, .note, .article: return nil
        }
        return PageMark(
            place,
            found.conflict.range,
            style: .red,
            opening: "[",
            label: "]" + found.record.shortHandle,
            remark: []
        )
    }

    private func people(_ sides: [Side]) -> StyledText {
        sides.map { StyledText(VisibleText.line($0.text(in: library)), .person) }.joined(by: ", ")
    }

    /// All there is to choose from, word by word.
    func show(_ found: FoundConflict) {
        var head = StyledText(found.summary.shortHandle, .handle)
        head.append(" \(found.place(in: library))  ")
        head.append(VisibleText.line(found.summary.displayTitle), .bold)
        head.append("  conflict ")
        head.append(found.record.shortHandle, .handle)
        head.append("  token \(found.record.token)")
        output.paragraph(head)
        let around = Surrounding(found)
        if let base = found.conflict.base {
            row("base", around.line(StyledText(content(base))), note: nil)
        }
        for (number, alternative) in found.conflict.alternatives.enumerated() {
            let sides = found.sides(of: alternative)
            var notes: [String] = []
            if number == 0 { notes.append("shown meanwhile") }
            if alternative.isNested { notes.append("from a conflict inside of a side") }
            row(
                "\(number + 1)  " + sides.map { $0.text(in: library) }.joined(separator: ", "),
                around.line(marked(alternative.content, found.conflict.base)),
                note: notes.isEmpty ? nil : notes.joined(separator: "; ")
            )
            if let differences = differences(alternative.content, found.conflict.base) {
                output.paragraph(StyledText("      \(differences)", .dim), indent: "      ")
            }
        }
    }

    private func row(_ label: String, _ text: StyledText, note: String?) {
        var head = StyledText("  ")
        head.append(VisibleText.line(label), .person)
        if let note { head.append("  (\(note))") }
        output.print(head)
        output.paragraph(StyledText("    ") + text, indent: "    ")
    }

    private func content(_ content: ArticleConflict.Content) -> String {
        let words = content.words
        return words.isEmpty ? "" : words.replacingLineEnds(by: " ⏎ ")
    }

    /// The words of an alternative, those that the base has not standing out.
    private func marked(
        _ content: ArticleConflict.Content,
        _ base: ArticleConflict.Content?
    ) -> StyledText {
        guard case .words(let text) = content, case .words(let old) = base else {
            return StyledText(self.content(content), .green)
        }
        var result = StyledText()
        for part in WordDiff.parts(from: old, to: text) {
            switch part {
            case .kept(let text): result.append(text.string.replacingLineEnds(by: " ⏎ "))
            case .replaced(_, let new):
                result.append(new.string.replacingLineEnds(by: " ⏎ "), .added)
            }
        }
        return result
    }

    /// What differs from the base, in words.
    private func differences(
        _ content: ArticleConflict.Content,
        _ base: ArticleConflict.Content?
    ) -> String? {
        guard case .words(let text) = content, case .words(let old) = base else { return nil }
        if WordDiff.isBlank(text), !WordDiff.isBlank(old) { return "taken out" }
        let parts = WordDiff.parts(from: old, to: text).compactMap { part -> String? in
            guard case .replaced(let old, let new) = part else { return nil }
            let (before, after) = (Self.quoted(old), Self.quoted(new))
            switch (before, after) {
            case (let before?, let after?): return "\(before) → \(after)"
            case (let before?, nil): return "− \(before)"
            case (nil, let after?): return "+ \(after)"
            case (nil, nil): return nil
            }
        }
        guard !parts.isEmpty else { return nil }
        return parts.prefix(12).joined(separator: ", ")
            + (parts.count > 12 ? ", and \(parts.count - 12) more" : "")
    }

    private static func quoted(_ text: ScalarText) -> String? {
        let words = text.string.replacingLineEnds(by: " ⏎ ")
        guard !words.isEmpty else { return nil }
        guard UnicodeForms.columns(of: words) > 60 else { return "“\(words)”" }
        return "“\(TextWrapping.cut(words, width: 60))”"
    }
}

/// What stands around a conflict in its paragraph.
private struct Surrounding {
    private var before = ""
    private var after = ""
    private static let length = 48

    init(_ found: FoundConflict) {
        guard case .text(let field, _) = found.conflict.subject else { return }
        let scalars = found.state.text(of: field).text.scalars
        let range = found.conflict.range
        guard range.upperBound <= scalars.count else { return }
        var start = range.lowerBound
        while start > 0, scalars[start - 1] != "\n", range.lowerBound - start < Self.length {
            start -= 1
        }
        var end = range.upperBound
        while end < scalars.count, scalars[end] != "\n", end - range.upperBound < Self.length {
            end += 1
        }
        // Not in the middle of a word.
        if start > 0, scalars[start - 1] != "\n" {
            while start < range.lowerBound, scalars[start] != " " { start += 1 }
            before = "…"
        }
        before += String(String.UnicodeScalarView(scalars[start..<range.lowerBound]))
        let isCut = end < scalars.count && scalars[end] != "\n"
        if isCut { while end > range.upperBound, scalars[end - 1] != " " { end -= 1 } }
        after = String(String.UnicodeScalarView(scalars[range.upperBound..<end]))
        if isCut { after += "…" }
    }

    func line(_ words: StyledText) -> StyledText {
        StyledText(before, .dim) + StyledText("[", .bold) + words + StyledText("]", .bold)
            + StyledText(after, .dim)
    }
}

extension WordDiff {
    /// Whether a text has nothing to read.
    static func isBlank(_ text: ScalarText) -> Bool {
        text.scalars.allSatisfy(\.properties.isWhitespace)
    }
}

extension String {
    /// The text on one line.
    func replacingLineEnds(by mark: String) -> String {
        var result = ""
        var isAtEnd = false
        for scalar in unicodeScalars {
            if scalar == "\n" {
                if !isAtEnd { result += mark }
                isAtEnd = true
            } else {
                result.unicodeScalars.append(scalar)
                isAtEnd = false
            }
        }
        return result
    }
}
