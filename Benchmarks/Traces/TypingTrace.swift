internal import TestSupport

extension TraceFile {
    /// A made-up history of editors who go offline from one text of 20,000 scalars and make
    /// `editCount` transactions each, one editor after the other.
    public static func offline(
        seed: UInt64,
        editorCount: Int,
        editCount: Int
    ) throws -> TraceFile {
        var builder = TraceBuilder(seed: seed)
        let text = Patch(position: 0, deletedCount: 0, inserted: builder.letters(20_000))
        let start = try builder.add([text], after: [], by: 0)
        for editor in 1...max(1, editorCount) {
            var last = start
            var cursor = builder.random.below(20_000)
            for _ in 0..<editCount {
                let length = try builder.length(after: [last])
                if builder.random.oneIn(5) { cursor = builder.random.below(length + 1) }
                cursor = min(cursor, length)
                var deleted = 0
                if builder.random.oneIn(4) {
                    deleted = min(cursor, 1 + builder.spread(12))
                    cursor -= deleted
                }
                let inserted = builder.letters(1 + builder.spread(18))
                let patch = Patch(position: cursor, deletedCount: deleted, inserted: inserted)
                last = try builder.add([patch], after: [last], by: UInt32(editor))
                cursor += inserted.utf8.count
            }
        }
        return try builder.trace()
    }

    /// A made-up history of `keyCount` keys hit by two who type into the same paragraph at once,
    /// each of whom sees the other's keys a little later.
    public static func typingTogether(seed: UInt64, keyCount: Int) throws -> TraceFile {
        var builder = TraceBuilder(seed: seed)
        let start = try builder.add(
            [Patch(position: 0, deletedCount: 0, inserted: builder.letters(200))],
            after: [],
            by: 0
        )
        var typists = [Typist(agent: 0, start), Typist(agent: 1, start)]
        /// By transaction: how many of each typist's keys its version has.
        var known = [[0, 0]]
        var keys: [[Int]] = [[], []]
        for _ in 0..<keyCount {
            let who = builder.random.below(2)
            let other = 1 - who
            if builder.random.oneIn(4) {
                // All but the newest keys of the other arrive.
                let arrived = max(typists[who].seen, keys[other].count - builder.spread(3))
                for key in keys[other][typists[who].seen..<arrived] {
                    typists[who].shift(by: builder.transactions[key].patches[0])
                }
                typists[who].seen = arrived
            }
            let seen = typists[who].seen
            let mine = typists[who].last
            var parents = [mine]
            if seen > known[mine][other] {
                let theirs = keys[other][seen - 1]
                parents = known[theirs][who] == keys[who].count ? [theirs] : [mine, theirs]
            }
            let patch = typists[who].type(try builder.length(after: parents), &builder)
            typists[who].last = try builder.add([patch], after: parents, by: UInt32(who))
            keys[who].append(typists[who].last)
            var version = known[mine]
            version[who] = keys[who].count
            version[other] = max(version[other], seen)
            known.append(version)
        }
        return try builder.trace()
    }
}

/// One of two who type at once.
private struct Typist {
    let agent: UInt32
    var last: Int
    /// How many keys of the other are known.
    var seen = 0
    private var cursor = 100

    init(agent: UInt32, _ start: Int) {
        self.agent = agent
        last = start
    }

    /// The other altered the text: the cursor stays where it was.
    mutating func shift(by patch: TraceFile.Patch) {
        guard patch.position <= cursor else { return }
        cursor = max(patch.position, cursor - patch.deletedCount) + patch.inserted.utf8.count
    }

    mutating func type(_ length: Int, _ builder: inout TraceBuilder) -> TraceFile.Patch {
        cursor = min(cursor, length)
        if builder.random.oneIn(60) {
            cursor = max(0, min(length, cursor + builder.random.below(400) - 200))
        }
        if cursor > 0, builder.random.oneIn(9) {
            cursor -= 1
            return TraceFile.Patch(position: cursor, deletedCount: 1, inserted: "")
        }
        cursor += 1
        return TraceFile.Patch(
            position: cursor - 1,
            deletedCount: 0,
            inserted: builder.letters(1)
        )
    }
}
