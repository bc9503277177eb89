extension RandomAccessCollection {
    /// The index of the first element that does not come before what is looked for.
    ///
    /// For a sorted collection; its end where all elements come before. O(log n).
    func sortedIndex(notBefore isBefore: (Element) -> Bool) -> Index {
        var low = startIndex
        var length = count
        while length > 0 {
            let half = length / 2
            let middle = index(low, offsetBy: half)
            if isBefore(self[middle]) {
                low = index(after: middle)
                length -= half + 1
            } else {
                length = half
            }
        }
        return low
    }
}
