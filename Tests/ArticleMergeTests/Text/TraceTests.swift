internal import ArticleMerge
internal import ArticleModel
internal import EditingTraces
internal import Foundation
internal import TestSupport
import Testing

/// Histories that other implementations replayed to known results.
@Suite(.enabled(if: SharedData.url("traces") != nil, "\(SharedData.absence)"))
struct TraceTests {
    @Test(arguments: ["egwalker-conformance-even", "unicode-conformance-even"])
    func mergesEachConformanceCaseToItsEnd(name: String) throws {
        let url = try #require(SharedData.url("traces/conformance/\(name).json.gz"))
        let cases = try TraceFile.conformanceCases(at: url)
        #expect(cases.count >= 200)
        for (number, trace) in cases.enumerated() {
            let state = ArticleState(replaying: try trace.graph())
            #expect(state.faults.isEmpty, "case \(number)")
            #expect(
                state.body.text.utf8.elementsEqual(trace.endContent.utf8),
                "case \(number) ends in \(state.body.text)"
            )
        }
    }

    @Test(arguments: ["offline8", "friendsforever"])
    func mergesAConcurrentTraceToItsEnd(name: String) throws {
        let url = try #require(SharedData.url("traces/concurrent/\(name).json.gz"))
        let trace = try TraceFile(contentsOf: url)
        let state = ArticleState(replaying: try trace.graph())
        #expect(state.faults.isEmpty)
        #expect(state.body.text.utf8.elementsEqual(trace.endContent.utf8))
    }

    @Test(arguments: [
        "automerge-paper", "friendsforever_flat", "json-crdt-blog-post", "json-crdt-patch",
        "rustcode", "sveltecomponent",
    ])
    func appendsASequentialTraceToItsEnd(name: String) throws {
        let url = try #require(SharedData.url("traces/sequential/\(name).json.gz"))
        let trace = try TraceFile(contentsOf: url)
        #expect(trace.isSequential)
        let (seed, edits) = trace.changes(batchSize: 100)
        var state = try ArticleState(seed: seed)
        for edit in edits { try state.append(edit) }
        #expect(state.faults.isEmpty)
        #expect(state.body.text.utf8.elementsEqual(trace.endContent.utf8))
    }
}
