extension HunkFinder {
    /// Whether what goes and what comes are whole blocks.
    func forms(of stretch: Stretch, _ taken: [Int32], _ put: [Int32]) -> Hunk.Forms {
        var forms: Hunk.Forms = []
        if begins(stretch), ends(taken), ends(put) { forms.insert(.first) }
        if stops(stretch), starts(taken), starts(put) { forms.insert(.second) }
        return forms
    }

    /// Whether a block begins at the left end: at the start, or right after an unaltered separator.
    private func begins(_ stretch: Stretch) -> Bool {
        var span = stretch.left
        var missing = separator.count
        guard span >= 0 else { return true }
        while span >= 0 {
            let characters = order.spans[span]
            let isThere = isAfter(characters, stretch.change)
            if isThere != isBefore(characters, stretch.change) { return false }
            if isThere {
                var offset = characters.count
                while missing > 0, offset > 0 {
                    guard order.scalar(characters, offset - 1) == separator[missing - 1] else {
                        return false
                    }
                    missing -= 1
                    offset -= 1
                }
                if missing == 0 { return true }
            }
            span -= 1
        }
        return false
    }

    /// Whether a block ends at the right end: at the end, or right before an unaltered separator.
    private func stops(_ stretch: Stretch) -> Bool {
        var span = stretch.right
        var found = 0
        guard span < order.spans.count else { return true }
        while span < order.spans.count {
            let characters = order.spans[span]
            let isThere = isAfter(characters, stretch.change)
            if isThere != isBefore(characters, stretch.change) { return false }
            if isThere {
                var offset: UInt32 = 0
                while found < separator.count, offset < characters.count {
                    guard order.scalar(characters, offset) == separator[found] else {
                        return false
                    }
                    found += 1
                    offset += 1
                }
                if found == separator.count { return true }
            }
            span += 1
        }
        return false
    }

    /// Whether the characters end in the separator, or are none.
    private func ends(_ spans: [Int32]) -> Bool {
        guard !spans.isEmpty else { return true }
        var missing = separator.count
        for number in spans.reversed() {
            let span = order.spans[Int(number)]
            var offset = span.count
            while missing > 0, offset > 0 {
                guard order.scalar(span, offset - 1) == separator[missing - 1] else { return false }
                missing -= 1
                offset -= 1
            }
            if missing == 0 { return true }
        }
        return false
    }

    private func starts(_ spans: [Int32]) -> Bool {
        guard !spans.isEmpty else { return true }
        var found = 0
        for number in spans {
            let span = order.spans[Int(number)]
            var offset: UInt32 = 0
            while found < separator.count, offset < span.count {
                guard order.scalar(span, offset) == separator[found] else { return false }
                found += 1
                offset += 1
            }
            if found == separator.count { return true }
        }
        return false
    }
}
