public import ArticleMerge
internal import ArticleModel

extension ConflictCase {
    /// Why a case cannot be run.
    public struct Fault: Error, CustomStringConvertible {
        /// What is wrong with it.
        public let description: String
    }

    /// The number of changes.
    public var changeCount: Int { changes.count }

    /// The changes as a graph, in the order given or, for a number above 0, in another one in which
    /// each comes after its parents.
    public func graph(order: UInt64 = 0) throws -> TextGraph {
        var rest = changes
        var sorted: [TextGraph.Change] = []
        var known: Set<String> = []
        var random = order
        while !rest.isEmpty {
            let ready = rest.indices.filter { known.isSuperset(of: rest[$0].parents) }
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let choice = order == 0 ? 0 : Int(random >> 33) % max(1, ready.count)
            guard ready.indices.contains(choice) else {
                throw Fault(description: "\(name): a change comes before its parents")
            }
            let change = rest.remove(at: ready[choice])
            known.insert(change.id)
            sorted.append(try make(change, after: sorted))
        }
        guard let graph = TextGraph(field: .body, changes: sorted) else {
            throw Fault(description: "\(name): a change is there twice")
        }
        return graph
    }

    private func make(
        _ change: Change,
        after sorted: [TextGraph.Change]
    ) throws -> TextGraph.Change {
        let parents = try change.parents.map { try id($0) }
        let above = sorted.filter { parents.contains($0.id) }.map(\.lamport).max() ?? 0
        var offset: UInt32 = 0
        let steps = try change.ops.map { step -> TextGraph.Step in
            switch step {
            case .insert(let position, let string):
                guard let text = ScalarText(string) else {
                    throw Fault(description: "\(name): a text holds U+0000 or CR")
                }
                defer { offset += UInt32(clamping: text.scalarCount) }
                return .insert(position: position, text: text, offset: offset)
            case .delete(let position, let count):
                return .delete(position: position, count: count)
            case .revive(let keys):
                return .revive(
                    try keys.map {
                        CharacterRange(
                            change: try id($0.change),
                            offset: UInt32(clamping: $0.number),
                            count: 1
                        )
                    }
                )
            }
        }
        return TextGraph.Change(
            id: try id(change.id),
            chain: try Self.padded(change.chain, to: 16).flatMap { ChainID($0) }
                ?? { throw Fault(description: "a chain's name is too long") }(),
            sequence: change.seq,
            lamport: above + 1,
            parents: parents,
            steps: steps,
            closes: try change.resolves.map {
                ConflictKey(change: try id($0.change), number: Int32(clamping: $0.number))
            },
            isVoid: void.contains(change.id)
        )
    }

    /// Names are compared by their bytes, so zeros at the end alter no order.
    private static func padded(_ name: String, to count: Int) -> [UInt8]? {
        let bytes = Array(name.utf8)
        guard bytes.count <= count else { return nil }
        return bytes + [UInt8](repeating: 0, count: count - bytes.count)
    }

    private func id(_ name: String) throws -> ChangeID {
        guard let id = Self.padded(name, to: 32).flatMap({ ChangeID($0) }) else {
            throw Fault(description: "the name of change \(name) is too long")
        }
        return id
    }

    private func name(_ id: ChangeID) -> String {
        String(decoding: id.bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The first thing that is not as it must be, with the changes in an order as of ``graph(order:)``.
    public func difference(order: UInt64 = 0) throws -> String? {
        let analysis = ConflictAnalysis(try graph(order: order))
        let shown = analysis.shownText()
        let found = try found(analysis, shown)
        if let difference = difference(found, expect) {
            return "\(name)\(order == 0 ? "" : " (order \(order))"): \(difference)"
        }
        for change in changes {
            let hunks = (analysis.hunks(of: try id(change.id)) ?? []).map { hunk in
                Hunk(
                    deleted: hunk.deleted.map(key),
                    inserted: hunk.inserted.map(key),
                    revived: hunk.revived.map(key)
                )
            }
            let expected = expectedHunks(of: change.id)
            guard hunks == expected else {
                return "\(name): hunks of \(change.id): expected \(expected), got \(hunks)"
            }
        }
        return nil
    }

    private func expectedHunks(of change: String) -> [Hunk] { hunks[change] ?? [] }

    private func key(_ character: CharacterID) -> Key {
        Key(change: name(character.change), number: Int(character.offset))
    }

    private func key(_ key: ConflictKey) -> Key {
        Key(change: name(key.change), number: Int(key.number))
    }

    private func found(_ analysis: ConflictAnalysis, _ shown: ShownText) throws -> Expectation {
        Expectation(
            raw: analysis.rawText().string,
            text: shown.text.string,
            segments: shown.segments.map { Segment(kind: "\($0.kind)", count: $0.count) },
            conflicts: shown.conflicts.map { conflict in
                Conflict(
                    key: key(conflict.key),
                    kind: "\(conflict.kind)",
                    base: conflict.base.string,
                    shown: 0,
                    alternatives: conflict.alternatives.map {
                        Alternative(
                            text: $0.text.string,
                            sides: $0.sides.map { name($0) },
                            nested: $0.isNested
                        )
                    }
                )
            },
            agreed: shown.agreed.map { Agreed(key: key($0.key), text: $0.text.string) },
            review: (analysis.reviewItems() ?? []).map {
                Review(text: $0.text.string, changes: $0.changes.map { name($0) })
            },
            tokens: nil
        )
    }

    private func difference(_ found: Expectation, _ expected: Expectation) -> String? {
        func compare<Part: Equatable>(_ what: String, _ one: Part, _ other: Part) -> String? {
            one == other ? nil : "\(what): expected \(other), got \(one)"
        }
        return compare("raw", Array(found.raw.utf8), Array(expected.raw.utf8)).map { _ in
            "raw: expected \(expected.raw.debugDescription), got \(found.raw.debugDescription)"
        }
            ?? compare("text", Array(found.text.utf8), Array(expected.text.utf8)).map { _ in
                "text: expected \(expected.text.debugDescription), got "
                    + found.text.debugDescription
            }
            ?? compare("segments", found.segments, expected.segments)
            ?? difference(found.conflicts, sorted(expected.conflicts))
            ?? compare("agreed", found.agreed, expected.agreed)
            ?? compare("review", found.review, expected.review)
    }

    /// The first conflict that is not as it must be.
    private func difference(_ found: [Conflict], _ expected: [Conflict]) -> String? {
        guard found.count == expected.count else {
            return "conflicts: expected \(expected), got \(found)"
        }
        for (one, other) in zip(found, expected) where one != other {
            return "conflict \(other.key): expected \(other), got \(one)"
        }
        return nil
    }

    /// The tokens of the open conflicts: what the file has, and the bytes that ours is the hash of.
    ///
    /// These need not be the same, but equal where those are, and different where those are.
    public func tokens() throws -> [(given: String, bytes: [UInt8])] {
        guard let given = expect.tokens else { return [] }
        let article = try id("").prefix16(as: ArticleID.self)
        return ConflictAnalysis(try graph()).shownText().conflicts.compactMap { conflict in
            let key = key(conflict.key)
            return given[#"["\#(key.change)", \#(key.number)]"#].map {
                ($0, conflict.tokenBytes(in: article))
            }
        }
    }

    /// The sides of an alternative are a set.
    private func sorted(_ conflicts: [Conflict]) -> [Conflict] {
        conflicts.map { conflict in
            Conflict(
                key: conflict.key,
                kind: conflict.kind,
                base: conflict.base,
                shown: conflict.shown,
                alternatives: conflict.alternatives.map {
                    Alternative(text: $0.text, sides: $0.sides.sorted(), nested: $0.nested)
                }
            )
        }
    }
}
