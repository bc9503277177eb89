extension String {
    /// The text without `byte`, an ASCII character, at its end.
    ///
    /// Cut by bytes: dropping characters one by one walks the whole text each time.
    func trimmed(ofTrailing byte: UInt8) -> String {
        var end = utf8.endIndex
        while end > utf8.startIndex, utf8[utf8.index(before: end)] == byte {
            end = utf8.index(before: end)
        }
        return end == utf8.endIndex ? self : String(self[..<end])
    }
}
