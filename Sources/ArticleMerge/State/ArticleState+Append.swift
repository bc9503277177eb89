internal import ArticleModel

extension ArticleState {
    /// Whether `append` can take the change: it goes on from exactly the heads and revives nothing,
    /// or it goes on from a change known to be faulty.
    public func canAppend(_ change: Change) -> Bool {
        guard case .edit(let parents, let operations) = change.content else { return false }
        if parents.contains(where: isFaulty) { return true }
        guard Set(parents) == Set(heads) else { return false }
        return operations.allSatisfy { operation in
            switch operation {
            // Deleted characters are known here by name only.
            case .revive: false
            // It may be a void change's, which is not seen here.
            case .reply(let id, _), .setNoteText(let id, _), .addNoteTag(let id, _),
                .removeNoteTag(let id, _), .setNoteState(let id, _), .deleteNote(let id):
                notes.author(of: id) != nil
            // A value that is gone cannot be told here from one that never was.
            case .annotate(let annotation):
                if case .field(let field, let value, _, _) = annotation.target {
                    register(of: field)?.entries.contains { $0.stamp.change == value } ?? false
                } else {
                    true
                }
            default: true
            }
        }
    }

    /// Does a change that goes on from exactly the heads; without history.
    ///
    /// Gives the change's fault where it has one; then it has no effect but to be listed in
    /// `faults`. Throws `needsReplay` where `canAppend` says no, and alters nothing. O(its size ·
    /// log n) for a text of n runs. Not for void changes: those take a replay.
    @discardableResult
    public mutating func append(_ change: Change) throws(MergeError) -> Fault? {
        var edits: [ShownEdit] = []
        return try append(change, edits: &edits)
    }

    /// The same; adds to `edits` what the change does to the texts that people see.
    @discardableResult
    public mutating func append(
        _ change: Change,
        edits: inout [ShownEdit]
    ) throws(MergeError) -> Fault? {
        guard !isFaulty(change.id) else { return faults.first { $0.change == change.id }?.fault }
        guard canAppend(change) else {
            throw MergeError(
                .needsReplay,
                "change \(change.id) does not go on from the heads alone: replay the graph"
            )
        }
        if let fault = faultOfAppended(change) {
            record(fault, of: change.id)
            return fault
        }
        do {
            var made = ShownEdits()
            try applyTexts(of: change, &made)
            edits += made.edits
        } catch {
            // The lengths were checked.
            fatalError("an operation that was checked reaches past the end")
        }
        applyAllButTexts(of: change)
        heads = [change.id]
        return nil
    }

    /// Lists a change that was found faulty before it came here: its body cannot be read, or it
    /// names parents it does not depend on.
    public mutating func append(_ faulty: FaultyChange) {
        record(faulty.fault, of: faulty.change)
    }

    private func faultOfAppended(_ change: Change) -> Fault? {
        if change.parents.contains(where: isFaulty) { return Fault(.faultyParent) }
        return change.faultOfForm()
            ?? notes.faultOfNotes(in: change, Whole(state: self))
            ?? faultOfLengths(in: change)
    }

    private func faultOfLengths(in change: Change) -> Fault? {
        var counts: [TextField: Int] = [:]
        for (index, operation) in change.operations.enumerated() {
            switch operation {
            case .insert(let field, let position, let text):
                let count = counts[field] ?? self.text(of: field).rawCount
                guard position <= count else { return Fault(.pastTheEnd, at: index) }
                counts[field] = count + text.scalarCount
            case .delete(let field, let position, let length):
                let count = counts[field] ?? self.text(of: field).rawCount
                guard position <= count, length <= count - position else {
                    return Fault(.pastTheEnd, at: index)
                }
                counts[field] = count - length
            default: break
            }
        }
        return nil
    }

    private mutating func applyTexts(
        of change: Change,
        _ edits: inout ShownEdits
    ) throws(Fault.Code) {
        var offset: UInt32 = 0
        for operation in change.operations {
            switch operation {
            case .insert(let field, let position, let text):
                let shown = try self[field].insert(
                    text,
                    at: position,
                    by: change.id,
                    offset: offset
                )
                edits.insert(field, text, at: shown)
                offset += UInt32(clamping: text.scalarCount)
            case .delete(let field, let position, let count):
                try self[field].delete(at: position, count: count, field, &edits)
            default: break
            }
        }
    }

    /// One of the texts, to be altered in place.
    subscript(field: TextField) -> TextState {
        get { text(of: field) }
        _modify {
            switch field {
            case .summary: yield &summary
            case .body: yield &body
            }
        }
    }

    private mutating func applyAllButTexts(of change: Change) {
        var made: UInt32 = 0
        for operation in change.operations {
            apply(operation, of: change, made: &made) { _ in true }
            switch operation {
            case .deleteArticle:
                deletions = [change.id]
                isDeleted = true
            case .undeleteArticle:
                deletions = []
                isDeleted = false
            default:
                if operation.permission == .edit { isDeleted = false }
            }
        }
    }

    /// Does the part of an operation that concerns fields, tags or annotations.
    mutating func apply(
        _ operation: Operation,
        of change: Change,
        made: inout UInt32,
        isAncestor: (ChangeID) -> Bool
    ) {
        switch operation {
        case .set(let field, let value):
            set(value, for: field, stamp: change.stamp, isAncestor: isAncestor)
        case .addTag(let tag):
            tags.add(tag, by: change.id, isAncestor: isAncestor)
        case .removeTag(let tag):
            tags.remove(tag, by: change.id, isAncestor: isAncestor)
        case .annotate, .reply, .setNoteText, .addNoteTag, .removeNoteTag, .setNoteState,
            .deleteNote:
            notes.apply(operation, of: change, made: &made, isAncestor: isAncestor)
        case .insert, .delete, .revive, .close, .deleteArticle, .undeleteArticle:
            break
        }
    }
}

/// All that a state knows, as the ancestry of a change that goes on from its heads.
private struct Whole: Ancestry {
    let state: ArticleState

    func isAncestor(_ change: ChangeID) -> Bool { true }

    func knows(_ character: CharacterID, in field: TextField) -> Bool {
        state.text(of: field).contains(character)
    }

    func value(of field: Field, setBy change: ChangeID) -> FieldValue? {
        state.register(of: field)?.entries.first { $0.stamp.change == change }?.value
    }
}
