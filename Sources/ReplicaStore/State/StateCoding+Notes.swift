import ArticleMerge
import ArticleModel

extension StateWriter {
    mutating func note(_ note: Note) {
        array(12)
        noteID(note.id)
        bytes(note.author.bytes)
        stamp(note.stamp)
        signed(note.timeMilliseconds)
        number(note.kind.rawValue)
        target(note.target)
        quote(note.quote)
        register(note.text) { $0.text($1) }
        tagSet(note.tags)
        register(note.state) { $0.number($1.rawValue) }
        list(note.replies) { $0.reply($1) }
        flag(note.isDeleted)
    }

    private mutating func reply(_ reply: Reply) {
        array(6)
        noteID(reply.id)
        bytes(reply.author.bytes)
        stamp(reply.stamp)
        signed(reply.timeMilliseconds)
        register(reply.text) { $0.text($1) }
        flag(reply.isDeleted)
    }

    private mutating func noteID(_ id: AnnotationID) {
        array(2)
        change(id.change)
        number(id.index)
    }

    private mutating func quote(_ quote: Quote) {
        array(3)
        text(quote.exact)
        text(quote.prefix)
        text(quote.suffix)
    }

    private mutating func target(_ target: AnnotationTarget) {
        switch target {
        case .article:
            null()
        case .text(let field, let start, let end):
            array(3)
            number(field.rawValue)
            anchor(start)
            anchor(end)
        case .field(let field, let value, let item, let range):
            array(5)
            self.field(field)
            change(value)
            number(item)
            number(range.lowerBound)
            number(range.upperBound)
        }
    }

    private mutating func anchor(_ anchor: TextAnchor) {
        array(3)
        change(anchor.character.change)
        number(anchor.character.offset)
        number(anchor.side.rawValue)
    }
}

extension StateReader {
    mutating func note() throws -> Note {
        try array(12)
        return Note(
            id: try noteID(),
            author: try identifier(UserID.init),
            stamp: try stamp(),
            timeMilliseconds: try signed(),
            kind: try raw(Annotation.Kind.self),
            target: try target(),
            quote: try quote(),
            text: try register { try $0.text() },
            tags: try tagSet(),
            state: try register { try $0.raw(Annotation.State.self) },
            replies: try list { try $0.reply() },
            isDeleted: try flag()
        )
    }

    private mutating func reply() throws -> Reply {
        try array(6)
        return Reply(
            id: try noteID(),
            author: try identifier(UserID.init),
            stamp: try stamp(),
            timeMilliseconds: try signed(),
            text: try register { try $0.text() },
            isDeleted: try flag()
        )
    }

    private mutating func noteID() throws -> AnnotationID {
        try array(2)
        return AnnotationID(change: try change(), index: try number32())
    }

    private mutating func quote() throws -> Quote {
        try array(3)
        return Quote(exact: try text(), prefix: try text(), suffix: try text())
    }

    private mutating func target() throws -> AnnotationTarget {
        if try takeNull() { return .article }
        switch try arrayCount() {
        case 3:
            return .text(
                try raw(TextField.self),
                start: try anchor(),
                end: try anchor()
            )
        case 5:
            let field = try field()
            let value = try change()
            let item = try number32()
            let lower = try number32()
            let upper = try number32()
            guard lower <= upper else { throw Self.damage("range") }
            return .field(field, value: value, item: item, range: lower..<upper)
        default:
            throw Self.damage("target")
        }
    }

    private mutating func anchor() throws -> TextAnchor {
        try array(3)
        return TextAnchor(
            character: CharacterID(change: try change(), offset: try number32()),
            side: try raw(TextAnchor.Side.self)
        )
    }
}
