import ArticleMerge
import ArticleModel

extension ArticleView {
    /// The view in deterministic CBOR: equal views have equal bytes.
    func encoded(of article: ArticleID) -> [UInt8] {
        var writer = StateWriter()
        writer.array(5)
        if let summary { writer.textState(summary) } else { writer.null() }
        if let body { writer.textState(body) } else { writer.null() }
        writer.list(conflicts) { $0.conflict($1) }
        writer.list(reviews) { $0.review($1) }
        writer.flag(isUntouched)
        return writer.finish(article: article)
    }

    /// Reads what ``encoded(of:)`` wrote.
    init(decoding bytes: [UInt8]) throws {
        var reader = try StateReader(bytes)
        try reader.array(5)
        self.init(
            summary: try reader.takeNull() ? nil : try reader.textState(),
            body: try reader.takeNull() ? nil : try reader.textState(),
            conflicts: try reader.list { try $0.conflict() },
            reviews: try reader.list { try $0.review() },
            isUntouched: try reader.flag()
        )
        try reader.finish()
    }
}

extension StateWriter {
    fileprivate mutating func conflict(_ conflict: ArticleConflict) {
        array(7)
        switch conflict.subject {
        case .text(let field, let key):
            array(3)
            number(field.rawValue)
            change(key.change)
            signed(Int64(key.number))
        case .field(let field):
            array(2)
            number(UInt8(2))
            self.field(field)
        case .note(let id):
            array(3)
            number(UInt8(3))
            change(id.change)
            number(id.index)
        case .article:
            array(1)
            number(UInt8(4))
        }
        flag(conflict.isDeletion)
        list(conflict.sides) { $0.change($1) }
        number(conflict.range.lowerBound)
        number(conflict.range.upperBound)
        if let base = conflict.base { content(base) } else { null() }
        list(conflict.alternatives) { writer, alternative in
            writer.array(3)
            writer.content(alternative.content)
            writer.list(alternative.sides) { $0.change($1) }
            writer.flag(alternative.isNested)
        }
    }

    private mutating func content(_ content: ArticleConflict.Content) {
        array(2)
        switch content {
        case .words(let text):
            number(UInt8(0))
            self.text(text)
        case .value(let value):
            number(UInt8(1))
            self.value(value)
        case .article(let isKept):
            number(UInt8(2))
            flag(isKept)
        }
    }

    fileprivate mutating func review(_ review: ArticleReview) {
        array(5)
        number(review.field.rawValue)
        number(review.range.lowerBound)
        number(review.range.upperBound)
        if let first = review.first {
            array(2)
            change(first.change)
            number(first.offset)
        } else {
            null()
        }
        list(review.changes) { $0.change($1) }
    }
}

extension StateReader {
    fileprivate mutating func conflict() throws -> ArticleConflict {
        try array(7)
        return ArticleConflict(
            subject: try subject(),
            isDeletion: try flag(),
            sides: try list { try $0.change() },
            range: try range(),
            base: try takeNull() ? nil : try content(),
            alternatives: try list { reader in
                try reader.array(3)
                return ArticleConflict.Alternative(
                    content: try reader.content(),
                    sides: try reader.list { try $0.change() },
                    isNested: try reader.flag()
                )
            }
        )
    }

    private mutating func subject() throws -> ArticleConflict.Subject {
        let count = try arrayCount()
        switch (try number8(), count) {
        case (let number, 3) where number < 2:
            guard let field = TextField(rawValue: number) else { throw Self.damage("text") }
            let change = try change()
            guard let number = Int32(exactly: try signed()) else { throw Self.damage("key") }
            return .text(field, ConflictKey(change: change, number: number))
        case (2, 2): return .field(try field())
        case (3, 3): return .note(AnnotationID(change: try change(), index: try number32()))
        case (4, 1): return .article
        default: throw Self.damage("conflict")
        }
    }

    private mutating func content() throws -> ArticleConflict.Content {
        try array(2)
        switch try number8() {
        case 0: return .words(try text())
        case 1: return .value(try value())
        case 2: return .article(isKept: try flag())
        default: throw Self.damage("conflict")
        }
    }

    private mutating func range() throws -> Range<Int> {
        let lower = try count()
        let upper = try count()
        guard lower <= upper else { throw Self.damage("range") }
        return lower..<upper
    }

    fileprivate mutating func review() throws -> ArticleReview {
        try array(5)
        let field = try raw(TextField.self)
        let range = try range()
        var first: CharacterID?
        if try !takeNull() {
            try array(2)
            first = CharacterID(change: try change(), offset: try number32())
        }
        return ArticleReview(
            field: field,
            range: range,
            first: first,
            changes: try list { try $0.change() }
        )
    }
}
