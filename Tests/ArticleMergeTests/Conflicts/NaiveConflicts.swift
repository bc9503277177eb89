internal import ArticleMerge
internal import ArticleModel

/// What people see of a text, by the letter of the rules: sets of places, everything computed anew.
final class NaiveConflicts {
    typealias Version = NaiveText.Version

    struct Hunk {
        let change: Int
        let number: Int
        var core: [Int] = []
        var takes = false
        var words: Set<Int> = []
        var left = 0
        var right = 0
        var forms: Set<Int> = []
        var first: Int
        var last: Int

        var key: (Int, Int) { (change, number) }
    }

    struct Alternative {
        var places: [Int]
        var text: String
        var sides: Set<Int>
        let isNested: Bool
        let first: Int?
    }

    final class Cluster {
        let members: Set<Int>
        let pairs: Set<[Int]>
        let hull: ClosedRange<Int>
        var sides: [Int] = []
        var base: [Int] = []
        var alternatives: [Alternative] = []
        /// What the groups that are no alternative said, and said on their way.
        var passed: Set<String> = []
        /// Every character of a group's text.
        var seen: Set<Int> = []

        init(members: Set<Int>, pairs: Set<[Int]>, hull: ClosedRange<Int>) {
            self.members = members
            self.pairs = pairs
            self.hull = hull
        }

        var shown: [Int] { alternatives.first?.places ?? base }
        var isOpen: Bool { alternatives.count > 1 }
    }

    let text: NaiveText
    private(set) var hunks: [Hunk] = []
    private(set) var pairs: Set<[Int]> = []
    private(set) var closed: [Int: Set<[Int]>] = [:]
    var clustersOf: [Version: [Cluster]] = [:]
    private var shownOf: [Version: [Int]] = [:]

    init(_ changes: [TextGraph.Change]) {
        text = NaiveText(changes)
        for change in text.changes.indices where text.holds(text.valid, change) { learn(change) }
    }

    // MARK: Hunks

    private func learn(_ change: Int) {
        let mine = text.known[change]
        let before = mine & ~(1 << UInt64(change))
        var own = hunks(of: change, mine, before)
        var closings: [Hunk] = []
        var settled: Set<[Int]> = []
        for cluster in clusters(before) {
            let isNamed = text.changes[change].closes.contains(key(of: cluster))
            let isAltered = own.contains { $0.core.contains(where: cluster.hull.contains) }
            guard isNamed || isAltered else { continue }
            settled.formUnion(cluster.pairs)
            let edge = own.filter {
                $0.left <= cluster.hull.upperBound && $0.right >= cluster.hull.lowerBound
            }.flatMap(\.core)
            closings.append(
                Hunk(
                    change: change,
                    number: -1 - closings.count,
                    first: min(cluster.hull.lowerBound, edge.min() ?? .max),
                    last: max(cluster.hull.upperBound, edge.max() ?? -1)
                )
            )
        }
        closed[change] = settled
        own += closings
        for hunk in own {
            for (number, other) in hunks.enumerated()
            where text.isConcurrent(change, other.change) && touch(hunk, other) {
                pairs.insert([number, hunks.count])
            }
            hunks.append(hunk)
        }
    }

    private func hunks(of change: Int, _ mine: Version, _ before: Version) -> [Hunk] {
        let seen = text.order.indices.compactMap { place -> (place: Int, was: Bool, is: Bool)? in
            let item = text.items[text.order[place]]
            let (was, now) = (text.isAlive(item, before), text.isAlive(item, mine))
            return was || now ? (place, was, now) : nil
        }
        let old = seen.filter(\.was).map(\.place)
        let new = seen.filter(\.is).map(\.place)
        var result: [Hunk] = []
        var index = 0
        while index < seen.count {
            guard seen[index].was != seen[index].is else {
                index += 1
                continue
            }
            let start = index
            while index < seen.count, seen[index].was != seen[index].is { index += 1 }
            let run = seen[start..<index]
            let left = start > 0 ? seen[start - 1].place : nil
            let right = index < seen.count ? seen[index].place : nil
            let taken = run.filter(\.was).map(\.place)
            let put = run.filter(\.is).map(\.place)
            var hunk = Hunk(change: change, number: result.count, first: 0, last: 0)
            hunk.core = run.map(\.place)
            hunk.takes = !taken.isEmpty
            hunk.words = Set(hunk.core).union(words(old, taken, left, right))
                .union(words(new, put, left, right))
            hunk.left = left ?? -1
            hunk.right = right ?? text.order.count
            let staysLeft = seen[max(0, start - 2)..<start].filter { $0.was == $0.is }.map(\.place)
            let staysRight = seen[index..<min(index + 2, seen.count)].filter { $0.was == $0.is }
                .map(\.place)
            let texts = [text.words(taken), text.words(put)]
            if start == 0 || isSeparator(staysLeft),
                texts.allSatisfy({ $0.isEmpty || ends($0) })
            {
                hunk.forms.insert(1)
            }
            if index == seen.count || isSeparator(staysRight),
                texts.allSatisfy({ $0.isEmpty || begins($0) })
            {
                hunk.forms.insert(2)
            }
            hunk.first = hunk.words.min() ?? 0
            hunk.last = hunk.words.max() ?? 0
            result.append(hunk)
        }
        return result
    }

    private func isSeparator(_ places: [Int]) -> Bool {
        Array(text.words(places).unicodeScalars) == ["\n", "\n"]
    }

    private func ends(_ words: String) -> Bool {
        Array(words.unicodeScalars.suffix(2)) == ["\n", "\n"]
    }

    private func begins(_ words: String) -> Bool {
        Array(words.unicodeScalars.prefix(2)) == ["\n", "\n"]
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation, .spaceSeparator,
            .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse,
            .unassigned:
            false
        default: !scalar.properties.isWhitespace
        }
    }

    private func isWord(_ place: Int) -> Bool { Self.isWord(text.scalar(place)) }

    /// The words of `sequence` that hold one of `marked`; of none, the word that spans the place.
    private func words(_ sequence: [Int], _ marked: [Int], _ left: Int?, _ right: Int?) -> Set<Int>
    {
        var marked = marked
        if marked.isEmpty {
            guard let left, let right, isWord(left), isWord(right) else { return [] }
            marked = [left]
        }
        var result: Set<Int> = []
        for place in marked where isWord(place) && !result.contains(place) {
            guard let index = sequence.firstIndex(of: place) else { continue }
            var (first, last) = (index, index)
            while first > 0, isWord(sequence[first - 1]) { first -= 1 }
            while last + 1 < sequence.count, isWord(sequence[last + 1]) { last += 1 }
            result.formUnion(sequence[first...last])
        }
        return result
    }

    // MARK: Touching

    private func touch(_ one: Hunk, _ other: Hunk) -> Bool {
        if one.number < 0 || other.number < 0 {
            return isInside(one, other.first...other.last) && isInside(other, one.first...one.last)
        }
        if !one.words.isDisjoint(with: other.words) { return true }
        guard max(one.left, other.left) < min(one.right, other.right) else { return false }
        guard one.forms.isDisjoint(with: other.forms) else { return false }
        return ![(one, other), (other, one)].contains { first, second in
            guard !first.takes, let low = first.core.min(), let high = first.core.max(),
                let start = second.core.min(), let end = second.core.max()
            else { return false }
            return first.forms.contains(1) && high < start && first.left < start
                || first.forms.contains(2) && low > end && first.right > end
        }
    }

    func isInside(_ hunk: Hunk, _ hull: ClosedRange<Int>) -> Bool {
        guard hunk.first <= hull.upperBound, hunk.last >= hull.lowerBound else { return false }
        return hunk.number < 0 || hunk.words.contains(where: hull.contains)
    }

    func isBeside(_ hunk: Hunk, _ hull: ClosedRange<Int>) -> Bool {
        hunk.number >= 0 && hunk.left <= hull.upperBound && hunk.right >= hull.lowerBound
            && (hunk.forms.isEmpty || hunk.takes)
    }

    // MARK: Shown

    /// The places of what is shown of a version.
    func shown(_ version: Version) -> [Int] {
        if let known = shownOf[version] { return known }
        let clusters = clusters(version)
        let outside = text.raw(version).filter { place in
            !clusters.contains { $0.hull.contains(place) }
        }
        let result = (outside + clusters.flatMap(\.shown)).sorted()
        shownOf[version] = result
        return result
    }

    func cut(_ version: Version, _ hull: ClosedRange<Int>) -> [Int] {
        shown(version).filter(hull.contains)
    }
}

extension String {
    /// Compared instead of characters, which are equal where they look alike.
    var bytes: [UInt8] { Array(utf8) }
}
