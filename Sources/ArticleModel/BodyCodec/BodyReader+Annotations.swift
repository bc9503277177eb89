extension BodyReader {
    mutating func noteState() throws(BodyError) -> Annotation.State {
        let start = values.numbers.position
        let number = try values.numbers.byte()
        guard let state = Annotation.State(rawValue: number) else {
            throw BodyError(.unknown, at: start, "no note has the state \(number)")
        }
        return state
    }

    mutating func annotation() throws(BodyError) -> Annotation {
        let start = values.numbers.position
        let number = try values.numbers.byte()
        guard let kind = Annotation.Kind(rawValue: number) else {
            throw BodyError(.unknown, at: start, "no note has the kind \(number)")
        }
        let target = try target()
        let quote = Quote(
            exact: try values.scalarText(),
            prefix: try values.scalarText(),
            suffix: try values.scalarText()
        )
        let text = try values.scalarText()
        let tags = try values.texts("a tag", empty: false)
        for (tag, next) in zip(tags, tags.dropFirst()) where tag >= next {
            throw BodyError(
                .notCanonical,
                at: values.numbers.position,
                "the tags of a note are out of order"
            )
        }
        return Annotation(kind: kind, target: target, quote: quote, text: text, tags: tags)
    }

    private mutating func target() throws(BodyError) -> AnnotationTarget {
        let start = values.numbers.position
        switch try values.numbers.byte() {
        case 0:
            return .article
        case 1:
            let number = try values.numbers.byte()
            guard let field = TextField(rawValue: number) else {
                throw BodyError(.unknown, at: start, "no text has the number \(number)")
            }
            return .text(field, start: try anchor(), end: try anchor())
        case 2:
            let field = try values.field(number: values.numbers.byte())
            let value = try reference()
            let item = try values.numbers.number32()
            let lower = try values.numbers.number32()
            let count = try values.numbers.number(atMost: UInt64(UInt32.max - lower))
            return .field(field, value: value, item: item, range: lower..<(lower + UInt32(count)))
        case let kind:
            throw BodyError(.unknown, at: start, "no note has a target of kind \(kind)")
        }
    }

    private mutating func anchor() throws(BodyError) -> TextAnchor {
        let change = try reference()
        let offset = try values.numbers.number32()
        let start = values.numbers.position
        let number = try values.numbers.byte()
        guard let side = TextAnchor.Side(rawValue: number) else {
            throw BodyError(.unknown, at: start, "a character has no side \(number)")
        }
        return TextAnchor(character: CharacterID(change: change, offset: offset), side: side)
    }
}
