public import ArticleModel

extension ScalarText {
    /// Where `words` stand in the text, as ranges of scalars, from left to right.
    ///
    /// The ranges lie apart from each other. Empty words stand nowhere.
    public func occurrences(of words: ScalarText) -> [Range<Int>] {
        let needle = words.utf8
        guard let first = needle.first, needle.count <= utf8.count else { return [] }
        let length = words.scalarCount
        var result: [Range<Int>] = []
        var position = 0
        var byte = 0
        // Words begin with the first byte of a scalar, so a match never begins inside of one.
        while byte + needle.count <= utf8.count {
            if utf8[byte] == first, utf8[byte..<byte + needle.count].elementsEqual(needle) {
                result.append(position..<position + length)
                position += length
                byte += needle.count
            } else {
                byte += 1
                while byte < utf8.count, utf8[byte] & 0xC0 == 0x80 { byte += 1 }
                position += 1
            }
        }
        return result
    }

    /// The words at `range`, with up to 32 scalars on either side; nil past the end.
    public func quote(of range: Range<Int>) -> Quote? {
        let scalars = self.scalars
        guard range.lowerBound >= 0, range.upperBound <= scalars.count else { return nil }
        let before = max(0, range.lowerBound - 32)..<range.lowerBound
        let after = range.upperBound..<min(scalars.count, range.upperBound + 32)
        guard let exact = ScalarText(scalars: scalars[range]),
            let prefix = ScalarText(scalars: scalars[before]),
            let suffix = ScalarText(scalars: scalars[after])
        else { return nil }
        return Quote(exact: exact, prefix: prefix, suffix: suffix)
    }
}
