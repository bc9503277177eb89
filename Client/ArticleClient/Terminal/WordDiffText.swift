import ArticleFormats
import ArticleMerge
import ArticleModel

/// Words that differ, for people: in colour, or between `[-…-]` and `{+…+}` where there is none.
struct WordDiffText {
    /// Whether colours tell what went and what came.
    let isColoured: Bool

    /// Words that went.
    func removed(_ text: String) -> StyledText {
        StyledText(isColoured ? text : "[-\(text)-]", .removed)
    }

    /// Words that came.
    func added(_ text: String) -> StyledText {
        StyledText(isColoured ? text : "{+\(text)+}", .added)
    }

    /// A value that gave way to another.
    func replaced(_ before: String, _ after: String) -> StyledText {
        var text = StyledText()
        if !before.isEmpty { text.append(removed(before)) }
        if !before.isEmpty, !after.isEmpty { text.append(" ") }
        if !after.isEmpty { text.append(added(after)) }
        return text
    }

    /// A paragraph in which something differs.
    struct Paragraph {
        /// Its words; what is far from any difference is left out.
        let text: StyledText
        /// The scalar of the new text at which it begins.
        let newPosition: Int
        /// The scalar of the old text at which it begins.
        let oldPosition: Int
        /// Whether nothing of it is in the new text.
        let isGone: Bool
        /// Whether nothing of it is in the old text.
        let isNew: Bool
    }

    /// The paragraphs, or lines, in which something differs.
    func paragraphs(_ parts: [WordDiff.Part]) -> [Paragraph] {
        var builder = ParagraphBuilder(self)
        for part in parts {
            switch part {
            case .kept(let text): builder.keep(text.scalars)
            case .replaced(let old, let new):
                builder.remove(old.scalars)
                builder.add(new.scalars)
            }
        }
        builder.end()
        return builder.paragraphs
    }
}

/// Puts paragraphs together from what was kept, removed and added.
private struct ParagraphBuilder {
    private enum Kind {
        case kept
        case removed
        case added
    }

    private let style: WordDiffText
    private(set) var paragraphs: [WordDiffText.Paragraph] = []
    private var pieces: [(kind: Kind, text: String.UnicodeScalarView)] = []
    private var old = 0
    private var new = 0
    private var starts = (old: 0, new: 0)

    init(_ style: WordDiffText) { self.style = style }

    /// Words on either side of a difference that are shown.
    private static let contextMax = 48

    mutating func keep(_ scalars: [Unicode.Scalar]) {
        for scalar in scalars {
            if scalar == "\n" {
                end()
                old += 1
                new += 1
                starts = (old, new)
            } else {
                append(scalar, .kept)
                old += 1
                new += 1
            }
        }
    }

    mutating func remove(_ scalars: [Unicode.Scalar]) {
        for scalar in scalars {
            if scalar != "\n" {
                append(scalar, .removed)
            } else if pieces.contains(where: { $0.kind != .removed }) {
                // A break that went: what stood behind it goes on here.
                if pieces.last?.text.last != "¶" { append("¶", .removed) }
            } else {
                old += 1
                end()
                starts = (old, new)
                continue
            }
            old += 1
        }
    }

    mutating func add(_ scalars: [Unicode.Scalar]) {
        for scalar in scalars {
            new += 1
            if scalar != "\n" {
                append(scalar, .added)
                continue
            }
            if pieces.contains(where: { $0.kind != .added }) { append("¶", .added) }
            end()
            starts = (old, new)
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ kind: Kind) {
        if pieces.last?.kind == kind {
            pieces[pieces.count - 1].text.append(scalar)
        } else {
            pieces.append((kind, String.UnicodeScalarView([scalar])))
        }
    }

    /// Ends a paragraph; kept only if something differs in it.
    mutating func end() {
        defer { pieces = [] }
        guard pieces.contains(where: { $0.kind != .kept }) else { return }
        var text = StyledText()
        for (index, piece) in pieces.enumerated() {
            switch piece.kind {
            case .kept:
                text.append(
                    shortened(
                        Array(piece.text),
                        isFirst: index == 0,
                        isLast: index == pieces.count - 1
                    )
                )
            case .removed: text.append(style.removed(String(piece.text)))
            case .added: text.append(style.added(String(piece.text)))
            }
        }
        paragraphs.append(
            WordDiffText.Paragraph(
                text: text,
                newPosition: starts.new,
                oldPosition: starts.old,
                isGone: pieces.allSatisfy { $0.kind == .removed },
                isNew: pieces.allSatisfy { $0.kind == .added }
            )
        )
    }

    /// What is kept, but for what is far from any difference.
    private func shortened(_ scalars: [Unicode.Scalar], isFirst: Bool, isLast: Bool) -> String {
        func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
            String(String.UnicodeScalarView(scalars))
        }
        let sides = (isFirst ? 0 : 1) + (isLast ? 0 : 1)
        guard scalars.count > Self.contextMax * max(1, sides) + 8 else { return text(scalars[...]) }
        var head = 0
        if !isFirst {
            head = Self.contextMax
            while head > 0, scalars[head] != " " { head -= 1 }
            if head == 0 { head = Self.contextMax }
        }
        var tail = scalars.count
        if !isLast {
            tail = scalars.count - Self.contextMax
            while tail < scalars.count, scalars[tail - 1] != " " { tail += 1 }
            if tail == scalars.count { tail = scalars.count - Self.contextMax }
        }
        return text(scalars[..<head]) + (isFirst ? "… " : isLast ? " …" : " … ")
            + text(scalars[tail...])
    }
}
