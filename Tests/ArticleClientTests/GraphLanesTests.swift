import ArticleClient
import TestSupport
import Testing

/// A graph that is drawn can be read back.
@Suite struct GraphLanesTests {
    private func drawing(_ changes: [(String, [String])], isUnicode: Bool = true) -> [String] {
        var lanes = GraphLanes<String>(signs: GraphSigns(isUnicode: isUnicode))
        return changes.flatMap { id, parents in
            let lines = lanes.add(id, parents: parents)
            return lines.above + [lines.at + " " + id] + lines.below
        }
    }

    @Test func aBranchOpensALaneAndAMergeJoinsIt() {
        let changes = [
            ("e", ["c", "d"]), ("d", ["b"]), ("c", ["b"]), ("b", ["a"]), ("a", []),
        ]
        #expect(
            drawing(changes) == ["● e", "├─╮", "│ ● d", "● │ c", "├─╯", "● b", "● a"]
        )
        #expect(
            drawing(changes, isUnicode: false)
                == ["* e", "+-\\", "| * d", "* | c", "+-/", "* b", "* a"]
        )
    }

    @Test func severalHeadsStandSideBySide() {
        let changes = [("d", ["a"]), ("c", ["a"]), ("b", ["a"]), ("a", [String]())]
        #expect(drawing(changes) == ["● d", "│ ● c", "│ │ ● b", "├─┴─╯", "● a"])
    }

    @Test func aLaneIsReachedOverOthers() {
        let changes = [
            ("f", ["c"]), ("e", ["b"]), ("d", ["a", "c"]), ("c", ["a"]), ("b", ["a"]), ("a", []),
        ]
        #expect(
            drawing(changes) == [
                "● f", "│ ● e", "│ │ ● d", "├─│─┤", "● │ │ c", "│ ● │ b", "├─┴─╯", "● a",
            ]
        )
    }

    /// Follows the lanes of a drawing and finds which change leads to which.
    private func edges(_ changes: [(String, [String])]) throws -> Set<[String]> {
        var lanes = GraphLanes<String>(signs: GraphSigns(isUnicode: true))
        var flows: [Int: Set<String>] = [:]
        var edges: Set<[String]> = []
        func cells(_ line: String) -> [Character] {
            line.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        }
        for (id, parents) in changes {
            let (above, at, below) = lanes.add(id, parents: parents)
            for line in above {
                let cells = cells(line)
                let ends = cells.indices.filter { "╯┴╰".contains(cells[$0]) }
                let lane = try #require(cells.indices.first { "├┤┼".contains(cells[$0]) })
                for end in ends {
                    flows[lane, default: []].formUnion(flows.removeValue(forKey: end) ?? [])
                }
                #expect(!ends.isEmpty)
            }
            let row = cells(at)
            let nodes = row.indices.filter { row[$0] == "●" }
            #expect(nodes.count == 1)
            let node = try #require(nodes.first)
            for source in flows[node] ?? [] { edges.insert([source, id]) }
            for column in row.indices where column != node {
                #expect((row[column] == "│") == !(flows[column] ?? []).isEmpty, "\(at)")
            }
            #expect(flows.keys.allSatisfy { $0 < row.count })
            flows[node] = parents.isEmpty ? nil : [id]
            for line in below {
                let cells = cells(line)
                for column in cells.indices
                where column != node && "╮┬╭┤├┼".contains(cells[column]) {
                    flows[column, default: []].insert(id)
                }
            }
        }
        #expect(flows.isEmpty)
        return edges
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func whatIsDrawnIsTheGraph(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let count = 2 + random.below(14)
        var changes: [(String, [String])] = []
        for number in 0..<count {
            var parents: Set<Int> = []
            for _ in 0..<(1 + random.below(3)) where number > 0 {
                parents.insert(max(0, number - 1 - random.below(4)))
            }
            changes.append(("c\(number)", parents.sorted().reversed().map { "c\($0)" }))
        }
        let drawn = try edges(changes.reversed())
        let wanted = Set(changes.flatMap { id, parents in parents.map { [id, $0] } })
        #expect(drawn == wanted)
    }
}
