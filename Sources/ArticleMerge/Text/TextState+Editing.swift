internal import ArticleModel

// Editing in sequence: every change that could place a character is an ancestor of the one that
// edits, so a character goes right after its left neighbour and nothing has to be ordered.
extension TextState {
    /// Inserts scalars of `change` from `offset` on.
    mutating func insert(
        _ text: ScalarText,
        at position: Int,
        by change: ChangeID,
        offset: UInt32
    ) throws(Fault.Code) {
        guard position >= 0, position <= scalarCount else { throw .pastTheEnd }
        let count = text.scalarCount
        let index = cut(after: position)
        let byte = byteOffset(of: position)
        let run = ItemRun(
            change: change,
            offset: offset,
            count: UInt32(clamping: count),
            isVisible: true
        )
        if index > 0, runs[index - 1].isContinued(by: run) {
            runs[index - 1].count += run.count
            join(at: index)
        } else {
            runs.insert(run, at: index)
            join(at: index + 1)
        }
        utf8.insert(contentsOf: text.utf8, at: byte)
        scalarCount += count
    }

    /// Deletes `count` scalars from `position` on.
    mutating func delete(at position: Int, count: Int) throws(Fault.Code) {
        guard position >= 0, count > 0, position <= scalarCount, count <= scalarCount - position
        else { throw .pastTheEnd }
        let start = byteOffset(of: position)
        let end = byteOffset(of: position + count)
        let first = cut(after: position)
        let last = cut(after: position + count)
        var hidden: [ItemRun] = []
        for run in runs[first..<last] {
            let run = run.part(from: 0, count: run.count, isVisible: false)
            if let previous = hidden.last, previous.isContinued(by: run) {
                hidden[hidden.count - 1].count += run.count
            } else {
                hidden.append(run)
            }
        }
        runs.replaceSubrange(first..<last, with: hidden)
        join(at: first + hidden.count)
        join(at: first)
        utf8.removeSubrange(start..<end)
        scalarCount -= count
    }

    /// Splits the runs so that one begins right after the `count`-th visible character, and gives
    /// that one's index: the place where the next insertion goes.
    private mutating func cut(after count: Int) -> Int {
        var left = count
        var index = 0
        while left > 0, index < runs.count {
            let run = runs[index]
            if run.isVisible {
                if left < Int(run.count) {
                    let part = UInt32(left)
                    runs[index].count = part
                    runs.insert(run.part(from: part, count: run.count - part), at: index + 1)
                    return index + 1
                }
                left -= Int(run.count)
            }
            index += 1
        }
        return index
    }

    /// Joins the run at `index` to the one before it where it goes on with that.
    private mutating func join(at index: Int) {
        guard index > 0, index < runs.count, runs[index - 1].isContinued(by: runs[index]) else {
            return
        }
        runs[index - 1].count += runs[index].count
        runs.remove(at: index)
    }

    /// The byte at which the scalar at `position` begins.
    func byteOffset(of position: Int) -> Int {
        if utf8.count == scalarCount { return position }
        return utf8.byteOffset(ofScalar: position)
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
