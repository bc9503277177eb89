public import ArticleModel

/// All edits of one text, run by run: who made them, from which version, and what they do.
///
/// An event is one scalar inserted or deleted. Events that one agent made in a row are one node; a
/// node goes by its number, which is above those of its parents. In a node, edits that could be one
/// run are one run. Positions count scalars of the text at the parents' version, as altered by the
/// runs before in the same node.
///
/// Flat columns, so that reading a long history allocates little.
public struct TextHistory: Sendable {
    /// A run of scalars inserted or deleted at one place.
    struct Run: BitwiseCopyable {
        var position: UInt32
        /// The number of scalars, and in the highest bit whether they are deleted.
        var countAndKind: UInt32
        /// Where the inserted text begins among all inserted text, in bytes.
        var firstByte: UInt32

        static let deletionBit: UInt32 = 0x8000_0000
        var count: UInt32 { countAndKind & ~Self.deletionBit }
        var isDeletion: Bool { countAndKind & Self.deletionBit != 0 }
    }

    struct Node {
        let agent: UInt32
        let sequence: UInt64
        let parents: Range<Int>
        let runs: Range<Int>
        /// The number of its first character among all that were ever inserted.
        let firstCharacter: UInt32
    }

    var runs: [Run] = []
    /// The text of all insertions, in order.
    var text: [UInt8] = []
    var parents: [UInt32] = []
    private(set) var agents: [UInt32] = []
    private(set) var sequences: [UInt64] = []
    private var firstParents: [UInt32] = []
    private var firstRuns: [UInt32] = []
    private var firstCharacters: [UInt32] = []
    /// The number of scalars inserted by all nodes.
    private(set) var insertedCount: UInt32 = 0
    /// The number of events of all nodes.
    public private(set) var eventCount: UInt64 = 0

    /// The history of a text nobody has written yet.
    public init() {}

    /// The bytes taken.
    var byteCount: Int {
        runs.capacity * MemoryLayout<Run>.stride + text.capacity + parents.capacity * 4
            + agents.capacity * 24
    }

    /// The number of nodes.
    public var count: Int { agents.count }
    /// The number of runs.
    public var runCount: Int { runs.count }

    func node(_ number: Int) -> Node {
        let isLast = number + 1 == count
        return Node(
            agent: agents[number],
            sequence: sequences[number],
            parents: parentRange(of: number),
            runs: Int(firstRuns[number])..<(isLast ? runs.count : Int(firstRuns[number + 1])),
            firstCharacter: firstCharacters[number]
        )
    }

    /// Where the parents of a node are.
    @inline(__always)
    func parentRange(of number: Int) -> Range<Int> {
        let end = number + 1 < count ? Int(firstParents[number + 1]) : parents.count
        return Int(firstParents[number])..<end
    }

    /// How many runs a node has.
    @inline(__always)
    func runCount(of number: Int) -> Int {
        let end = number + 1 < count ? Int(firstRuns[number + 1]) : runs.count
        return end - Int(firstRuns[number])
    }

    /// Begins a node; edits go to the node begun last.
    ///
    /// Its parents must be here, and no other node of the agent may have `sequence`, the number of
    /// the first of its events among the agent's.
    public mutating func begin(
        parents: [Int],
        agent: UInt32,
        sequence: UInt64
    ) throws(MergeError) {
        guard parents.allSatisfy({ $0 >= 0 && $0 < count }) else {
            throw MergeError(.missingParents, "an edit goes on from a version that is not here")
        }
        agents.append(agent)
        sequences.append(sequence)
        firstParents.append(UInt32(self.parents.count))
        firstRuns.append(UInt32(runs.count))
        firstCharacters.append(insertedCount)
        if parents.count == 1 {
            self.parents.append(UInt32(parents[0]))
            return
        }
        var last = -1
        for parent in parents.sorted() where parent != last {
            self.parents.append(UInt32(parent))
            last = parent
        }
    }

    /// Inserts a text, not empty, by the node begun last.
    public mutating func insert(_ inserted: ScalarText, at position: Int) throws(MergeError) {
        let utf8 = inserted.utf8
        let firstByte = UInt32(text.count)
        let room = Int(TrackedSpan.firstOfBase) - 1 - text.count
        guard position >= 0, position < room, utf8.count < room else {
            throw MergeError(.pastTheEnd, "an insertion reaches past what can be counted")
        }
        if text.count + utf8.count > text.capacity {
            // Grown by a little: an open article is mostly read.
            text.reserveCapacity(text.count + text.count / 16 + utf8.count + 64)
        }
        var scalars: UInt32 = 0
        if utf8.count < 8 {
            // A key: what appending many takes to begin with is more than this.
            for byte in utf8 {
                text.append(byte)
                if byte & 0xC0 != 0x80 { scalars += 1 }
            }
        } else {
            text.append(contentsOf: utf8)
            for byte in utf8 where byte & 0xC0 != 0x80 { scalars += 1 }
        }
        guard scalars > 0 else { return }
        insert(UInt32(position), scalars, firstByte)
    }

    /// Does a patch by the node begun last.
    public mutating func append(_ patch: TextDocument.Patch) throws(MergeError) {
        if patch.deletedCount != 0 {
            try delete(at: patch.position, count: patch.deletedCount)
        }
        if !patch.inserted.isEmpty { try insert(patch.inserted, at: patch.position) }
    }

    mutating func insert(_ position: UInt32, _ scalars: UInt32, _ firstByte: UInt32) {
        insertedCount += scalars
        eventCount += UInt64(scalars)
        if let first = firstRuns.last, runs.count > Int(first), let last = runs.last,
            !last.isDeletion, last.position + last.count == position
        {
            runs[runs.count - 1].countAndKind += scalars
        } else {
            append(Run(position: position, countAndKind: scalars, firstByte: firstByte))
        }
    }

    private mutating func append(_ run: Run) {
        if runs.count == runs.capacity { runs.reserveCapacity(runs.count + runs.count / 16 + 16) }
        runs.append(run)
    }

    /// Deletes `count` scalars, at least 1, by the node begun last.
    public mutating func delete(at position: Int, count: Int) throws(MergeError) {
        guard position >= 0, count > 0, position < Int(TrackedSpan.firstOfBase),
            count < Int(TrackedSpan.firstOfBase)
        else { throw MergeError(.pastTheEnd, "a deletion reaches past what can be counted") }
        delete(UInt32(position), UInt32(count), UInt32(text.count))
    }

    mutating func delete(_ position: UInt32, _ count: UInt32, _ firstByte: UInt32) {
        eventCount += UInt64(count)
        if let first = firstRuns.last, runs.count > Int(first), let last = runs.last,
            last.isDeletion, last.count + count < Run.deletionBit
        {
            // The delete key goes on at the same place, the backspace key to the left of it.
            if position == last.position || position + count == last.position {
                runs[runs.count - 1].countAndKind += count
                runs[runs.count - 1].position = position
                return
            }
        }
        append(
            Run(
                position: position,
                countAndKind: Run.deletionBit | count,
                firstByte: firstByte
            )
        )
    }

    /// Makes room for `nodeCount` nodes.
    mutating func reserve(_ nodeCount: Int) {
        agents.reserveCapacity(nodeCount)
        sequences.reserveCapacity(nodeCount)
        firstParents.reserveCapacity(nodeCount)
        firstRuns.reserveCapacity(nodeCount)
        firstCharacters.reserveCapacity(nodeCount)
        parents.reserveCapacity(nodeCount)
    }

    /// Adds a node whose parents and runs are added by the caller, then counted by
    /// ``countCharacters()``.
    mutating func addNode(agent: UInt32, sequence: UInt64, firstRun: Int) {
        agents.append(agent)
        sequences.append(sequence)
        firstParents.append(UInt32(parents.count))
        firstRuns.append(UInt32(firstRun))
        firstCharacters.append(0)
    }

    /// Finds where the text of each run begins; throws where text and runs do not fit.
    mutating func countCharacters() throws(MergeError) {
        guard let scalars = text.validScalarCount() else { throw Self.unreadable }
        var cursor = ScalarCursor(text)
        var characters = 0
        var node = 0
        for index in runs.indices {
            while node < count, Int(firstRuns[node]) == index {
                firstCharacters[node] = UInt32(characters)
                node += 1
            }
            runs[index].firstByte = UInt32(cursor.byte)
            let run = runs[index]
            eventCount += UInt64(run.count)
            guard !run.isDeletion else { continue }
            characters += Int(run.count)
            guard characters <= scalars else { throw Self.unreadable }
            cursor.advance(by: Int(run.count))
        }
        guard characters == scalars else { throw Self.unreadable }
        while node < count {
            firstCharacters[node] = UInt32(characters)
            node += 1
        }
        insertedCount = UInt32(characters)
    }

    /// Takes the node begun last out again.
    mutating func removeLast() {
        guard let run = firstRuns.popLast(), let parent = firstParents.popLast(),
            let character = firstCharacters.popLast()
        else { return }
        for run in runs[Int(run)...] { eventCount -= UInt64(run.count) }
        if let first = runs[Int(run)...].first {
            text.removeLast(text.count - Int(first.firstByte))
        }
        runs.removeLast(runs.count - Int(run))
        parents.removeLast(parents.count - Int(parent))
        insertedCount = character
        agents.removeLast()
        sequences.removeLast()
    }
}

extension TextHistory {
    /// The same history with what one agent did in a row as one node, where nothing else goes on
    /// from the middle of it.
    public func compacted() -> TextHistory {
        var childCounts = [UInt32](repeating: 0, count: count)
        for parent in parents { childCounts[Int(parent)] += 1 }
        var result = TextHistory()
        result.text.reserveCapacity(text.count)
        var numbers = [UInt32](repeating: 0, count: count)
        var next: UInt64 = 0
        for number in 0..<count {
            let node = node(number)
            let isContinued =
                node.parents.count == 1 && Int(parents[node.parents.lowerBound]) == number - 1
                && childCounts[number - 1] == 1 && result.agents.last == node.agent
                && next == node.sequence && numbers[number - 1] + 1 == UInt32(result.count)
            if !isContinued {
                result.agents.append(node.agent)
                result.sequences.append(node.sequence)
                result.firstParents.append(UInt32(result.parents.count))
                result.firstRuns.append(UInt32(result.runs.count))
                result.firstCharacters.append(result.insertedCount)
                for parent in parents[node.parents] {
                    result.parents.append(numbers[Int(parent)])
                }
                next = node.sequence
            }
            numbers[number] = UInt32(result.count - 1)
            for index in node.runs {
                let run = runs[index]
                next += UInt64(run.count)
                if run.isDeletion {
                    result.delete(run.position, run.count, run.firstByte)
                } else {
                    result.insert(run.position, run.count, run.firstByte)
                }
            }
        }
        result.text = text
        return result
    }

    /// The bytes of the text a run inserts.
    @inline(__always)
    func bytes(of index: Int) -> Range<Int> {
        let end = index + 1 < runs.count ? Int(runs[index + 1].firstByte) : text.count
        return Int(runs[index].firstByte)..<end
    }
}
