internal import ArticleModel

// What comes out of a walk: whole texts, and edits to them.
extension TrackedTexts {
    mutating func text(of field: TextField, in graph: EventGraph) -> TextState {
        var text = TextBuilder()
        let spans = field == .summary ? summary.lastingSpans : body.lastingSpans
        for span in spans {
            let number = Int(span.lasting.change)
            // Characters of changes to come have no place yet.
            guard applied[number] else { continue }
            let isVisible = graph.holdsVoids ? isShown(span, field, graph) : span.isVisible
            let run = ItemRun(
                change: graph.nodes[number].id,
                offset: span.first - firstCharacters[number],
                count: span.count,
                isVisible: isVisible,
                isAlive: span.isVisible
            )
            text.append(run, scalars(of: run, number, graph))
        }
        return text.text
    }

    /// Whether people see the characters: where what void changes did to them is left out.
    private func isShown(_ span: TrackedSpan, _ field: TextField, _ graph: EventGraph) -> Bool {
        guard !graph.isVoid(number: Int(span.lasting.change)) else { return false }
        guard span.lasting.fate != TrackedSpan.none else { return true }
        let applied = applied
        let counts = { (change: UInt32) in
            applied[Int(change)] && !graph.isVoid(number: Int(change))
        }
        return switch field {
        case .summary: summary.standingDeletions(of: span.lasting.fate, counts).isEmpty
        case .body: body.standingDeletions(of: span.lasting.fate, counts).isEmpty
        }
    }

    private mutating func scalars(
        of run: ItemRun,
        _ number: Int,
        _ graph: EventGraph
    ) -> ArraySlice<UInt8> {
        if contents[number] == nil, let change = graph.nodes[number].change {
            contents[number] = InsertedScalars(change)
        }
        return contents[number]?.utf8(run.offset, count: run.count) ?? []
    }
}

// MARK: - Edits

extension TrackedTexts {
    /// Takes down what the insertion just made does to the text at the end.
    mutating func noteInsertion(
        of text: ScalarText,
        _ first: UInt32,
        by number: Int,
        _ field: TextField,
        _ graph: EventGraph
    ) {
        let found: TextEdit?
        let left: (change: UInt32, character: UInt32)?
        switch field {
        case .summary:
            found = summary.takeLastEdit()
            left = summary.character(leftOf: first)
        case .body:
            found = body.takeLastEdit()
            left = body.character(leftOf: first)
        }
        guard let found else { return }
        let run = ItemRun(
            change: graph.nodes[number].id,
            offset: first - firstCharacters[number],
            count: UInt32(clamping: found.insertedCount),
            isVisible: true
        )
        var leftID: CharacterID?
        if let left { leftID = name(of: left.character, by: left.change, field, graph)?.id }
        made.append(.insert(field, run, text, left: leftID, position: found.position))
    }

    /// Takes down what the deletion just made does to the text at the end.
    mutating func noteDeletions(_ field: TextField) {
        let found: [TextEdit]
        switch field {
        case .summary: found = summary.takeEdits()
        case .body: found = body.takeEdits()
        }
        for edit in found {
            made.append(.delete(field, position: edit.position, count: edit.deletedCount))
        }
    }

    /// Brings characters back span by span, and takes down which are in the text at the end by that.
    mutating func reviveNoting(
        _ characters: Range<UInt32>,
        by number: Int,
        in field: TextField,
        _ graph: EventGraph
    ) {
        var next = characters.lowerBound
        while next < characters.upperBound, let before = end(at: next, field) {
            // The change that inserted them: the last that begins at or before them.
            let change = firstCharacters.sortedIndex(notBefore: { $0 <= next }) - 1
            guard let name = name(of: next, by: UInt32(change), field, graph),
                let source = graph.number(of: name.id.change)
            else { return }
            let count = min(before.count, characters.upperBound - next, name.count)
            revive(next..<next + count, by: number, in: field)
            if !before.isVisible, let after = end(at: next, field), after.isVisible {
                let range = CharacterRange(
                    change: name.id.change,
                    offset: name.id.offset,
                    count: count
                )
                let run = ItemRun(
                    change: range.change,
                    offset: range.offset,
                    count: count,
                    isVisible: true
                )
                let text = ScalarText(wellFormed: Array(scalars(of: run, source, graph)))
                made.append(.show(field, range, text, position: after.position))
            }
            next += count
        }
    }

    /// Brings those of the characters back that are deleted.
    mutating func revive(_ characters: Range<UInt32>, by number: Int, in field: TextField) {
        switch field {
        case .summary: summary.revive(characters, by: number)
        case .body: body.revive(characters, by: number)
        }
    }

    /// What a character that `change` inserted, or that is of the base, is known by, and how many
    /// from it on go by the next names.
    private func name(
        of character: UInt32,
        by change: UInt32,
        _ field: TextField,
        _ graph: EventGraph
    ) -> (id: CharacterID, count: UInt32)? {
        if character >= TrackedSpan.firstOfBase { return base?.name(of: character, in: field) }
        let offset = character - firstCharacters[Int(change)]
        return (CharacterID(change: graph.nodes[Int(change)].id, offset: offset), .max)
    }

    private func end(
        at character: UInt32,
        _ field: TextField
    ) -> (position: Int, count: UInt32, isVisible: Bool)? {
        switch field {
        case .summary: summary.end(at: character)
        case .body: body.end(at: character)
        }
    }
}
