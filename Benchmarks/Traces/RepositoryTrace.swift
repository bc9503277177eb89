internal import TestSupport

/// Makes up the history of one file under version control.
///
/// A main line, an integration line that topics are merged to first, and a maintenance line. Topics
/// fork from older points of these, live for some commits and are merged to the integration line
/// and later to the main line. Commits come by date, so that the lines interleave. Most commits
/// alter a few lines; some alter much. Many meet in the same few places, as lists do that everyone
/// adds to.
struct RepositoryTrace: ~Copyable {
    private var builder: TraceBuilder
    /// The transactions of the main line, first first.
    private var main: [Int] = []
    private var integration = 0
    private var maintenance = 0
    private var topics: [Topic] = []
    /// Topics that the integration line has and the main line has not.
    private var cooking: [Topic] = []
    private var nextAgent: UInt32 = 3
    /// Where in the file, by thousandths, many edits go.
    private var places: [Int] = []

    struct Topic {
        let agent: UInt32
        var tip: Int
        var commitsLeft: Int
    }

    private init(seed: UInt64) throws {
        builder = TraceBuilder(seed: seed)
        for _ in 0..<20 { places.append(builder.random.below(1_000)) }
        let start = TraceFile.Patch(
            position: 0,
            deletedCount: 0,
            inserted: builder.letters(4_000)
        )
        main = [try builder.add([start], after: [], by: 0)]
    }

    /// A history of `commitCount` commits and merges, more or less.
    static func make(seed: UInt64, commitCount: Int) throws -> TraceFile {
        var repository = try RepositoryTrace(seed: seed)
        while repository.builder.transactions.count < commitCount { try repository.step() }
        return try repository.builder.trace()
    }

    private mutating func step() throws {
        switch builder.random.below(100) {
        case 0..<12: try fork()
        case 12..<18: main.append(try commit(after: main[main.count - 1], by: 0))
        case 18..<22: maintenance = try commit(after: maintenance, by: 2)
        case 22..<24:
            main.append(try merge(maintenance, into: main[main.count - 1], by: 0))
            if builder.random.oneIn(6) { maintenance = main[main.count - 1] }
        case 24..<26: integration = try merge(main[main.count - 1], into: integration, by: 1)
        case 26..<36 where !cooking.isEmpty:
            let topic = cooking.remove(at: builder.random.below(cooking.count))
            main.append(try merge(topic.tip, into: main[main.count - 1], by: 0))
        default:
            guard !topics.isEmpty else { return try fork() }
            let place = builder.random.below(topics.count)
            topics[place].tip = try commit(after: topics[place].tip, by: topics[place].agent)
            topics[place].commitsLeft -= 1
            guard topics[place].commitsLeft == 0 else { return }
            let topic = topics.remove(at: place)
            integration = try merge(topic.tip, into: integration, by: 1)
            cooking.append(topic)
        }
    }

    private mutating func fork() throws {
        let back = min(main.count - 1, builder.spread(12))
        let start = builder.random.oneIn(6) ? maintenance : main[main.count - 1 - back]
        let topic = Topic(
            agent: nextAgent,
            tip: try commit(after: start, by: nextAgent),
            commitsLeft: builder.spread(4)
        )
        nextAgent += 1
        if topic.commitsLeft > 0 {
            topics.append(topic)
        } else {
            integration = try merge(topic.tip, into: integration, by: 1)
            cooking.append(topic)
        }
    }

    private mutating func merge(_ other: Int, into line: Int, by agent: UInt32) throws -> Int {
        if isAncestor(other, of: line) { return line }
        if isAncestor(line, of: other) { return other }
        return try builder.add([], after: [line, other], by: agent)
    }

    /// Looks at all that lies between.
    private func isAncestor(_ one: Int, of other: Int) -> Bool {
        var stack = [other]
        var seen: Set<Int> = []
        while let number = stack.popLast() {
            if number == one { return true }
            for parent in builder.transactions[number].parents
            where parent >= one && seen.insert(parent).inserted {
                stack.append(parent)
            }
        }
        return false
    }

    private mutating func commit(after parent: Int, by agent: UInt32) throws -> Int {
        let hunkCount =
            switch builder.random.below(100) {
            case 0..<60: 1 + builder.random.below(2)
            case 60..<93: 2 + builder.random.below(10)
            default: 10 + builder.random.below(110)
            }
        var length = try builder.length(after: [parent])
        var starts: [Int] = []
        let center = builder.random.below(length + 1)
        for _ in 0..<hunkCount {
            switch builder.random.below(10) {
            case 0..<4: starts.append(places[builder.random.below(places.count)] * length / 1_000)
            case 4..<8: starts.append(min(length, center + builder.spread(400)))
            default: starts.append(builder.random.below(length + 1))
            }
        }
        starts.sort()
        var patches: [TraceFile.Patch] = []
        var shift = 0
        for start in starts {
            let position = max(0, min(length, start + shift))
            let deleted =
                builder.random.oneIn(3) ? 0 : min(length - position, builder.spread(15))
            let inserted =
                builder.random.oneIn(3)
                ? "" : builder.letters(1 + builder.spread(builder.random.oneIn(12) ? 250 : 22))
            guard deleted > 0 || !inserted.isEmpty else { continue }
            patches.append(.init(position: position, deletedCount: deleted, inserted: inserted))
            let more = inserted.utf8.count - deleted
            length += more
            shift += more
        }
        return try builder.add(patches, after: [parent], by: agent)
    }
}

extension TraceFile {
    /// A made-up history of one file under version control, of `commitCount` transactions, more or
    /// less.
    public static func repository(seed: UInt64, commitCount: Int) throws -> TraceFile {
        try RepositoryTrace.make(seed: seed, commitCount: commitCount)
    }
}
