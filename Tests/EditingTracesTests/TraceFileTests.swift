internal import EditingTraces
internal import Foundation
internal import TestSupport
import Testing

/// Files of each form become histories.
@Suite struct TraceFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ json: String) throws -> TraceFile.Contents {
        let url = URL(filePath: folder.file("trace.json"))
        try Data(json.utf8).write(to: url)
        return try TraceFile.contents(of: url)
    }

    private func trace(_ json: String) throws -> TraceFile {
        try #require(try read(json).traces.first)
    }

    @Test func transactionsOfASequentialTraceFollowEachOther() throws {
        let trace = try trace(
            #"{"startContent":"","endContent":"éc","txns":[{"time":"x","patches":[[0,0,"éb"],[1,1,"c"]]},{"patches":[]},{"patches":[[0,0,""]]}]}"#
        )
        #expect(trace.isSequential)
        #expect(trace.transactions.map(\.parents) == [[], [0], [1]])
        #expect(trace.transactions.map(\.sequence) == [0, 4, 4])
        #expect(trace.transactions[0].patches.map(\.inserted) == ["éb", "c"])
        #expect(trace.endContent == "éc")
    }

    @Test func eventsOfEachAgentAreCountedApart() throws {
        let trace = try trace(
            #"{"kind":"concurrent","endContent":"","numAgents":2,"txns":[{"parents":[],"agent":1,"patches":[[0,0,"👍x"]]},{"parents":[],"agent":0,"patches":[[0,0,"y"]]},{"parents":[0,1],"agent":1,"patches":[[0,3,""]]},{"parents":[2],"agent":1,"patches":[]}]}"#
        )
        #expect(!trace.isSequential)
        #expect(trace.transactions.map(\.parents) == [[], [], [0, 1], [2]])
        #expect(trace.transactions.map(\.agent) == [1, 0, 1, 1])
        #expect(trace.transactions.map(\.sequence) == [0, 0, 2, 5])
    }

    @Test func aTransactionIsSplitWhereAnotherGoesOnFromItsMiddle() throws {
        let contents = try read(
            """
            [{"endContent":"?","txns":[
            {"span":[0,4],"parents":[],"agent":"b","seqStart":7,"ops":[[0,0,"añ🚀d"]]},
            {"span":[4,7],"parents":[1],"agent":"a","seqStart":0,"ops":[[0,2,"z"]]},
            {"span":[7,8],"parents":[3,5],"agent":"b","seqStart":11,"ops":[[0,0,"e"]]}]}]
            """
        )
        guard case .cases(let cases) = contents, let trace = cases.first else {
            Issue.record("no cases")
            return
        }
        let all = trace.transactions
        #expect(all.map(\.parents) == [[], [0], [0], [2], [1, 2]])
        #expect(all.map(\.agent) == [1, 1, 0, 0, 1])
        #expect(all.map(\.sequence) == [7, 9, 0, 2, 11])
        #expect(all[0].patches.map(\.inserted) == ["añ"])
        #expect(all[1].patches.map(\.inserted) == ["🚀d"])
        #expect(all[1].patches.map(\.position) == [2])
        #expect(all[2].patches.map(\.deletedCount) == [2])
        #expect(all[3].patches.map(\.inserted) == ["z"])
    }

    @Test func namesOfAgentsCompareByTheirBytes() throws {
        let txn = #"{"parents":[],"patches":[],"agent":"#
        let trace = try trace(
            #"{"kind":"concurrent","endContent":"","txns":["#
                + ["é", "alice", "Zoe", "al"].map { "\(txn)\"\($0)\"}" }.joined(separator: ",")
                + "]}"
        )
        #expect(trace.transactions.map(\.agent) == [3, 2, 0, 1])
    }

    @Test func compressionIsKnownByTheContents() throws {
        let json = #"{"endContent":"a","txns":[{"patches":[[0,0,"a"]]}]}"#
        let plain = folder.file("plain.gz")
        try Data(json.utf8).write(to: URL(filePath: plain))
        #expect(try TraceFile(contentsOf: URL(filePath: plain)).endContent == "a")
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-S", ".z", plain + "ip"]
        try Data(json.utf8).write(to: URL(filePath: plain + "ip"))
        try gzip.run()
        gzip.waitUntilExit()
        #expect(try TraceFile(contentsOf: URL(filePath: plain + "ip.z")).endContent == "a")
    }

    @Test func charactersThatTextsDoNotHoldComeBackInTheEnd() throws {
        let trace = try trace(
            #"{"endContent":"\ue000a\r\n\u0000","txns":[{"patches":[[0,0,"\ue000a\r\n\u0000"]]}]}"#
        )
        let end = Array(trace.endContent.utf8)
        #expect(!end.contains(0x0D) && !end.contains(0))
        #expect(trace.endContent.unicodeScalars.count == 5)
        #expect(trace.transactions[0].patches[0].inserted == trace.endContent)
        #expect(trace.original(of: end) == Array("\u{E000}a\r\n\0".utf8))
    }

    @Test func aTraceAndCasesAreNotTakenForEachOther() throws {
        let one = URL(filePath: folder.file("one.json"))
        try Data(#"{"endContent":"","txns":[]}"#.utf8).write(to: one)
        let many = URL(filePath: folder.file("many.json"))
        try Data(#" [{"endContent":"","txns":[]}]"#.utf8).write(to: many)
        #expect(try TraceFile.conformanceCases(at: many).count == 1)
        #expect(throws: TraceError.self) { try TraceFile(contentsOf: many) }
        #expect(throws: TraceError.self) { try TraceFile.conformanceCases(at: one) }
    }
}
