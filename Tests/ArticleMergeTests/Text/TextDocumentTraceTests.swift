internal import ArticleMerge
internal import ArticleModel
internal import EditingTraces
internal import Foundation
internal import TestSupport
import Testing

/// A text and its history merge to what other implementations merge to.
@Suite(.enabled(if: SharedData.url("traces") != nil, "\(SharedData.absence)"))
struct TextDocumentTraceTests {
    private func expectEnds(_ trace: TraceFile, _ name: String) throws {
        let history = try trace.history()
        let whole = try TextDocument(replaying: history)
        #expect(whole.utf8.elementsEqual(trace.endContent.utf8), "\(name), whole")
        let compacted = try TextDocument(replaying: history.compacted())
        #expect(compacted.utf8.elementsEqual(trace.endContent.utf8), "\(name), compacted")
        var document = TextDocument()
        for (number, transaction) in trace.transactions.enumerated() {
            try document.merge(
                trace.patches(of: number),
                parents: transaction.parents,
                agent: transaction.agent,
                sequence: transaction.sequence
            )
        }
        #expect(document.utf8.elementsEqual(trace.endContent.utf8), "\(name), one by one")
    }

    @Test(arguments: ["egwalker-conformance-even", "unicode-conformance-even"])
    func mergesEachConformanceCaseToItsEnd(name: String) throws {
        let url = try #require(SharedData.url("traces/conformance/\(name).json.gz"))
        let cases = try TraceFile.conformanceCases(at: url)
        for (number, trace) in cases.enumerated() { try expectEnds(trace, "case \(number)") }
    }

    @Test(arguments: ["offline8", "friendsforever", "node_nodecc"])
    func mergesAConcurrentTraceToItsEnd(name: String) throws {
        let url = try #require(SharedData.url("traces/concurrent/\(name).json.gz"))
        try expectEnds(TraceFile(contentsOf: url), name)
    }

    @Test(arguments: [
        "automerge-paper", "friendsforever_flat", "json-crdt-blog-post", "json-crdt-patch",
        "rustcode", "sveltecomponent",
    ])
    func replaysASequentialTraceToItsEnd(name: String) throws {
        let url = try #require(SharedData.url("traces/sequential/\(name).json.gz"))
        try expectEnds(TraceFile(contentsOf: url), name)
    }
}
