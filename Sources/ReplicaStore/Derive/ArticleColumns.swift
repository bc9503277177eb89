import ArticleMerge
import ArticleModel

/// What lists show of an article, from its state or, where that is all there is, from its seed.
struct ArticleColumns: Hashable, Sendable {
    /// The shown title.
    let title: [UInt8]
    /// When it was updated, else published: in ISO 8601 as far as given, else the words found.
    let date: String
    /// How the body begins, on one line.
    let excerpt: [UInt8]
    /// The scalars of the body.
    let scalarCount: Int
    /// Annotations that are not deleted.
    var noteCount = 0
    /// Annotations that are neither deleted, resolved nor hidden.
    var openNoteCount = 0
    /// Choices that wait for people.
    var conflictCount = 0
    /// Whether the article is deleted.
    var isDeleted = false

    /// What lists show of the article that `seed` begins.
    init(_ seed: Seed) {
        func value(of field: Field) -> FieldValue {
            seed.fields.first { $0.field == field }?.value ?? .absent
        }
        title = value(of: .title).line
        date = Self.date(updated: value(of: .updated), published: value(of: .published))
        excerpt = Self.excerpt(of: seed.body)
        scalarCount = seed.body.scalarCount
    }

    /// What lists show of an article; of one that was not looked at yet, several values are all the
    /// conflicts that are known.
    init(_ state: ArticleState, _ view: ArticleView? = nil) {
        title = state.shownValue(of: .title).line
        date = Self.date(
            updated: state.shownValue(of: .updated),
            published: state.shownValue(of: .published)
        )
        excerpt = Self.excerpt(of: state.body.text)
        scalarCount = state.body.scalarCount
        for note in state.notes.notes where !note.isDeleted {
            noteCount += 1
            if note.state.shown == .open { openNoteCount += 1 }
        }
        conflictCount = view?.conflicts.count ?? state.conflictedFields.count
        isDeleted = state.isDeleted
    }

    private static func date(updated: FieldValue, published: FieldValue) -> String {
        for case .date(let date) in [updated, published] {
            return date.reading?.iso8601 ?? date.raw.string
        }
        return ""
    }

    private static let excerptSizeMax = 160

    /// The first bytes of the body with runs of white space as one space, cut between scalars.
    private static func excerpt(of body: ScalarText) -> [UInt8] {
        var result: [UInt8] = []
        var isAfterSpace = true
        for byte in body.utf8 {
            let isSpace = byte == 0x20 || (byte >= 0x09 && byte <= 0x0C)
            if isSpace {
                if !isAfterSpace { result.append(0x20) }
            } else {
                // A byte of a scalar that was begun is still taken.
                if result.count >= excerptSizeMax, byte & 0xC0 != 0x80 { break }
                result.append(byte)
            }
            isAfterSpace = isSpace
        }
        if result.last == 0x20 { result.removeLast() }
        return result
    }
}

extension FieldValue {
    /// The value as one line of UTF-8.
    var line: [UInt8] {
        switch self {
        case .absent: []
        case .text(let text): text.utf8
        case .list(let texts): Array(texts.map(\.utf8).joined(separator: [0x3B, 0x20]))
        case .date(let date): date.raw.utf8
        }
    }
}

extension ArticleDate.Reading {
    /// As in ISO 8601, to the precision given.
    var iso8601: String {
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var result = padded(year, 4)
        guard let month else { return result }
        result += "-" + padded(month, 2)
        guard let day else { return result }
        result += "-" + padded(day, 2)
        guard let hour, let minute else { return result }
        result += "T\(padded(hour, 2)):\(padded(minute, 2))"
        if let second { result += ":" + padded(second, 2) }
        if let millisecond { result += "." + padded(millisecond, 3) }
        guard let offsetMinutes else { return result }
        guard offsetMinutes != 0 else { return result + "Z" }
        let offset = abs(offsetMinutes)
        let sign = offsetMinutes < 0 ? "-" : "+"
        return result + "\(sign)\(padded(offset / 60, 2)):\(padded(offset % 60, 2))"
    }
}
