import ArticleMerge
import ArticleModel
import Foundation
import Glibc

/// How long it takes to find what people see of an article, beside the merge of its text.
enum AnalysisBenchmark {
    static func run(rounds: Int = 21) throws {
        for (name, changeCount) in [("one change each", 1), ("200 changes each", 200)] {
            let history = try BusyArticle(
                byteCount: 50_000,
                userCount: 5,
                hunkCount: 200,
                changeCount: changeCount
            )
            try measure("1,000 hunks by 5 users, \(name)", history.graph, rounds)
        }
        let contested = try BusyArticle(
            byteCount: 50_000,
            userCount: 5,
            hunkCount: 270,
            changeCount: 1
        )
        try measure("opening with more than 100 conflicts", contested.graph, rounds)
        let alone = try BusyArticle(
            byteCount: 50_000,
            userCount: 1,
            hunkCount: 1_000,
            changeCount: 1_000
        )
        try measure("1,000 hunks by one user", alone.graph, rounds)
    }

    private static func measure(_ name: String, _ graph: EventGraph, _ rounds: Int) throws {
        var merging: [Double] = []
        var analysing: [Double] = []
        var state = ArticleState(replaying: graph)
        var shown = ConflictAnalysis.shownText(of: graph, state: state, field: .body)
        for _ in 0..<rounds {
            merging.append(milliseconds { state = ArticleState(replaying: graph) })
            analysing.append(
                milliseconds {
                    shown = ConflictAnalysis.shownText(of: graph, state: state, field: .body)
                }
            )
        }
        let analysis = ConflictAnalysis(graph, state: state, field: .body)
        var items = 0
        let reviewing = milliseconds { items = analysis.reviewItems()?.count ?? 0 }
        let (merge, analyse) = (median(merging), median(analysing))
        let numbers = [merge, analyse, analyse / merge, reviewing].map {
            String(format: "%.3f", $0)
        }
        print(
            #"{"task":"\#(name)","merge_ms":\#(numbers[0]),"analysis_ms":\#(numbers[1]),"#
                + #""ratio":\#(numbers[2]),"conflicts":\#(shown.conflicts.count),"#
                + #""agreed":\#(shown.agreed.count),"review_ms":\#(numbers[3]),"#
                + #""review":\#(items),"scalars":\#(shown.text.scalarCount)}"#
        )
    }

    private static func milliseconds(_ body: () -> Void) -> Double {
        // The processor's time: others may be at work on the machine.
        let start = clock()
        body()
        return Double(clock() - start) * 1_000 / Double(CLOCKS_PER_SEC)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// An article that users edit side by side, each on their own.
struct BusyArticle {
    private(set) var graph: EventGraph
    private var random: UInt64 = 42

    init(byteCount: Int, userCount: Int, hunkCount: Int, changeCount: Int) throws {
        let pool = "lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy eirmod"
            .split(separator: " ").map { String($0) }
        var words: [String] = []
        var size = 0
        var state: UInt64 = 7
        while size < byteCount {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let word = pool[Int(state >> 33) % pool.count]
            let end = words.count % 60 == 59 ? ".\n\n" : words.count % 12 == 11 ? ". " : " "
            words.append(word + end)
            size += words[words.count - 1].utf8.count
        }
        let text = words.joined()
        let seed = Seed(
            nonce: nil,
            fields: [],
            summary: "",
            body: ScalarText(text) ?? "",
            provenance: nil
        )
        let first = Change(id: Self.id(0), .seed(seed), by: 0, sequence: 0)
        graph = try EventGraph(seed: first)
        var number: UInt64 = 0
        for user in 1...UInt64(userCount) {
            var current = ScalarText(text) ?? ""
            var parent = first.id
            for sequence in 0..<UInt64(changeCount) {
                number += 1
                let hunks = hunks(in: current.scalars, count: hunkCount / changeCount)
                let change = Change(
                    id: Self.id(number),
                    .edit(
                        parents: [parent],
                        operations: TextDiff.operations(for: hunks, in: .body)
                    ),
                    by: user,
                    sequence: sequence
                )
                try graph.insert(change)
                parent = change.id
                current = Self.apply(hunks, to: current)
            }
        }
    }

    private mutating func below(_ bound: Int) -> Int {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(random >> 33) % max(1, bound)
    }

    /// Words replaced, added and taken out at places apart from each other.
    private mutating func hunks(in text: [Unicode.Scalar], count: Int) -> [TextHunk] {
        let stretch = text.count / max(1, count)
        return (0..<count).map { number -> TextHunk in
            var start = number * stretch + below(max(1, stretch - 30))
            while start < text.count, text[start] != " " { start += 1 }
            start = min(start + 1, text.count)
            var end = start
            while end < text.count, text[end] != " ", text[end] != "." { end += 1 }
            switch below(4) {
            case 0:
                return TextHunk(position: start, deletedCount: 0, inserted: "added ")
            case 1:
                let count = min(text.count, end + 1) - start
                return TextHunk(position: start, deletedCount: count, inserted: "")
            default:
                let words = ScalarText("other\(below(1_000))") ?? "other"
                return TextHunk(position: start, deletedCount: end - start, inserted: words)
            }
        }
    }

    private static func apply(_ hunks: [TextHunk], to text: ScalarText) -> ScalarText {
        var scalars = text.scalars
        for hunk in hunks.reversed() {
            scalars.replaceSubrange(
                hunk.position..<hunk.position + hunk.deletedCount,
                with: hunk.inserted.scalars
            )
        }
        return ScalarText(scalars: scalars) ?? ""
    }

    private static func id(_ number: UInt64) -> ChangeID {
        var bytes = [UInt8](repeating: 0, count: 32)
        let mixed = number &* 0x9E37_79B9_7F4A_7C15
        for index in 0..<8 {
            bytes[index] = UInt8(truncatingIfNeeded: mixed >> UInt64(8 * index))
            bytes[24 + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index))
        }
        guard let id = ChangeID(bytes) else { fatalError("32 bytes are an identifier") }
        return id
    }
}

extension Change {
    fileprivate init(
        id: ChangeID,
        _ content: ChangeSetBody.Change,
        by user: UInt64,
        sequence: UInt64
    ) {
        let name = [UInt8](repeating: UInt8(truncatingIfNeeded: user), count: 32)
        guard let author = UserID(name[..<16]), let device = DeviceKey(name),
            let chain = ChainID(name[..<16])
        else { fatalError("bytes of the right number are identifiers") }
        self.init(
            id: id,
            content: content,
            author: author,
            device: device,
            chain: chain,
            sequence: sequence,
            lamport: sequence + 2,
            timeMilliseconds: 0,
            permission: .edit
        )
    }
}
