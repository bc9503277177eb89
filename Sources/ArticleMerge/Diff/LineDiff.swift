/// Which lines of two files stay.
public enum LineDiff {
    /// Lines of the old file that lines of the new one take the place of; by number, from 0.
    public struct Hunk: Hashable, Sendable {
        /// The lines that go.
        public let old: Range<Int>
        /// The lines that come.
        public let new: Range<Int>
    }

    /// The hunks from top to bottom, apart from each other.
    public static func hunks(from: [String], to: [String]) -> [Hunk] {
        // Keyed by bytes: lines that differ by normalisation differ.
        var known: [[UInt8]: Int] = [:]
        func number(_ line: String) -> Int {
            let bytes = Array(line.utf8)
            if let number = known[bytes] { return number }
            known[bytes] = known.count
            return known.count - 1
        }
        let old = from.map(number)
        let new = to.map(number)
        let diff = MyersDiff(old, new, editCountMax: 4_000)
        var hunks: [Hunk] = []
        var oldEnd = 0
        var newEnd = 0
        for kept in diff.kept + [MyersDiff.Kept(old: old.count, new: new.count, count: 0)] {
            if oldEnd < kept.old || newEnd < kept.new {
                hunks.append(Hunk(old: oldEnd..<kept.old, new: newEnd..<kept.new))
            }
            oldEnd = kept.old + kept.count
            newEnd = kept.new + kept.count
        }
        return hunks
    }
}
