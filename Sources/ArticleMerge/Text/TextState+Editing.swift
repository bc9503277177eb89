internal import ArticleModel

// Editing in sequence: every change that could place a character is an ancestor of the one that
// edits, so a character goes right after its left neighbour and nothing has to be ordered.
extension TextState {
    /// Inserts scalars of `change` from `offset` on at a position of the raw text; gives where they
    /// are seen.
    mutating func insert(
        _ text: ScalarText,
        at position: Int,
        by change: ChangeID,
        offset: UInt32
    ) throws(Fault.Code) -> Int {
        guard position >= 0, position <= rawCount else { throw .pastTheEnd }
        let count = UInt32(clamping: text.scalarCount)
        let run = ItemRun(change: change, offset: offset, count: count, isVisible: true)
        let place = place(afterRaw: position)
        tree.insert(run, text.utf8, at: place.ordinal, place.offset)
        return place.shown
    }

    /// Deletes `count` scalars from a position of the raw text on.
    mutating func delete(
        at position: Int,
        count: Int,
        _ field: TextField,
        _ edits: inout ShownEdits
    ) throws(Fault.Code) {
        guard position >= 0, count > 0, position <= rawCount, count <= rawCount - position
        else { throw .pastTheEnd }
        var left = count
        while left > 0, let found = tree.run(at: position, .raw) {
            let start = UInt32(position - found.raw)
            let length = min(UInt32(clamping: left), found.run.count - start)
            tree.mark(found.ordinal, from: start, count: length, isVisible: false, isAlive: false)
            left -= Int(length)
            if found.run.isVisible {
                edits.delete(field, at: found.shown + Int(start), count: Int(length))
            }
        }
    }

    /// A place between characters.
    struct Place {
        /// The number of the run it is in, and how many of its characters are left of it.
        var ordinal: Int
        var offset: UInt32
        /// The characters that people see left of it.
        var shown: Int
    }

    /// The place right after so many characters of the raw text, left of deleted ones.
    func place(afterRaw count: Int) -> Place {
        guard count > 0, let found = tree.run(at: count - 1, .raw) else {
            return Place(ordinal: 0, offset: 0, shown: 0)
        }
        return Place(after: UInt32(count - found.raw), of: found)
    }
}

extension TextState.Place {
    /// The place after the first `offset` characters of a run.
    init(after offset: UInt32, of found: FoundRun) {
        let isEnd = offset == found.run.count
        self.init(
            ordinal: found.ordinal + (isEnd ? 1 : 0),
            offset: isEnd ? 0 : offset,
            shown: found.shown + (found.run.isVisible ? Int(offset) : 0)
        )
    }
}

// MARK: - Edits found by a walk

extension TextState {
    /// Inserts a run right after the character `left`, or at the start, at a position of the raw
    /// text; false where that character is not there.
    mutating func insert(
        _ run: ItemRun,
        _ text: [UInt8],
        after left: CharacterID?,
        atRaw position: Int
    ) -> Bool {
        var place = self.place(afterRaw: position)
        if let left {
            guard let found = self.place(after: left, atRaw: position) else { return false }
            place = found
        } else if position > 0 {
            return false
        }
        tree.insert(run, text, at: place.ordinal, place.offset)
        return true
    }

    /// The place right after `left`, which is the last of the raw text before `position` or among
    /// the deleted characters that follow it.
    private func place(after left: CharacterID, atRaw position: Int) -> Place? {
        var ordinal = 0
        if position > 0 {
            guard let found = tree.run(at: position - 1, .raw) else { return nil }
            if found.run.contains(left),
                left.offset - found.run.offset < UInt32(position - found.raw)
            {
                return Place(after: left.offset - found.run.offset + 1, of: found)
            }
            ordinal = found.ordinal + 1
        }
        guard let found = hiddenRun(with: left, from: ordinal) else { return nil }
        return Place(after: left.offset - found.run.offset + 1, of: found)
    }

    /// The deleted run with a character, among those that stand together from `ordinal` on.
    private func hiddenRun(with character: CharacterID, from ordinal: Int) -> FoundRun? {
        var ordinal = ordinal
        while let found = tree.run(numbered: ordinal), !found.run.isAlive {
            if found.run.contains(character) { return found }
            ordinal += 1
        }
        return nil
    }

    /// Brings deleted characters back that stand together, at a position of the raw text; false
    /// where they are not there.
    mutating func show(_ range: CharacterRange, _ text: [UInt8], atRaw position: Int) -> Bool {
        var rest = range
        var position = position
        var bytes = text[...]
        while rest.count > 0 {
            var ordinal = 0
            if position > 0 {
                guard let found = tree.run(at: position - 1, .raw) else { return false }
                ordinal = found.ordinal + 1
            }
            let first = CharacterID(change: rest.change, offset: rest.offset)
            guard let found = hiddenRun(with: first, from: ordinal) else { return false }
            let start = rest.offset - found.run.offset
            let count = min(rest.count, found.run.count - start)
            let end = bytes.startIndex + Array(bytes).byteOffset(ofScalar: Int(count))
            tree.mark(
                found.ordinal,
                from: start,
                count: count,
                isVisible: true,
                isAlive: true,
                bytes[..<end]
            )
            bytes = bytes[end...]
            position += Int(count)
            rest = CharacterRange(
                change: rest.change,
                offset: rest.offset + count,
                count: rest.count - count
            )
        }
        return true
    }
}

extension [UInt8] {
    /// The byte at which the scalar numbered `position` begins, in well-formed UTF-8.
    func byteOffset(ofScalar position: Int) -> Int {
        var left = position
        var byte = 0
        // Whole blocks first: counting bytes that begin a scalar is quick where it needs no test
        // for the end of the search.
        while byte + 64 <= count {
            var begun = 0
            for index in byte..<byte + 64 where self[index] & 0xC0 != 0x80 { begun += 1 }
            if begun > left { break }
            left -= begun
            byte += 64
        }
        while byte < count {
            if self[byte] & 0xC0 != 0x80 {
                if left == 0 { return byte }
                left -= 1
            }
            byte += 1
        }
        return byte
    }
}
