internal import EditingTraces
internal import Foundation
internal import TestSupport
import Testing

/// A file that is no trace is refused with its name and a reason, and nothing traps.
@Suite struct DamagedTraceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func refusal(_ data: Data, name: String = "trace.json") throws -> TraceError? {
        let url = URL(filePath: folder.file(name))
        try data.write(to: url)
        do {
            _ = try TraceFile.contents(of: url)
            return nil
        } catch {
            return error
        }
    }

    private static func concurrent(_ txns: String) -> String {
        #"{"kind":"concurrent","endContent":"","txns":[\#(txns)]}"#
    }

    private static func events(_ txns: String) -> String {
        #"[{"endContent":"","txns":[\#(txns)]}]"#
    }

    @Test(arguments: [
        "", "no JSON", "7", "[]", "[7]", "{}", #"{"txns":[]}"#, #"{"endContent":""}"#,
        #"{"endContent":"","txns":[{}]}"#, #"{"endContent":"","txns":[{"patches":[[0,0]]}]}"#,
        #"{"endContent":"","txns":[{"patches":[["0",0,""]]}]}"#,
        #"{"endContent":"","txns":[{"patches":[[0.5,0,""]]}]}"#,
        #"{"endContent":"","txns":[{"patches":[[1e30,0,""]]}]}"#,
        #"{"startContent":"x","endContent":"","txns":[]}"#,
        #"{"kind":"other","endContent":"","txns":[]}"#,
        #"{"kind":"concurrent","endContent":"","txns":[{"agent":0,"patches":[]}]}"#,
        concurrent(#"{"parents":[],"agent":-1,"patches":[]}"#),
        concurrent(#"{"parents":[],"agent":0,"patches":[[0,0,"a"#),
        events(#"{"span":[0,1],"parents":[],"agent":"a","seqStart":0}"#),
        events(#"{"span":[0],"parents":[],"agent":"a","seqStart":0,"ops":[]}"#),
        events(#"{"span":[0,1],"parents":[],"agent":"a","ops":[[0,0,"a"]]}"#),
    ])
    func otherFormsAreMalformed(json: String) throws {
        let error = try #require(try refusal(Data(json.utf8)))
        #expect(error.code == .malformed)
        #expect(!error.message.isEmpty)
        #expect(error.description.hasPrefix(folder.file("trace.json")))
    }

    @Test(arguments: [
        concurrent(#"{"parents":[0],"agent":0,"patches":[]}"#),
        concurrent(#"{"parents":[-1],"agent":0,"patches":[]}"#),
        concurrent(#"{"parents":[9223372036854775807],"agent":0,"patches":[]}"#),
        concurrent(#"{"parents":[],"agent":0,"patches":[[-1,0,"a"]]}"#),
        concurrent(#"{"parents":[],"agent":0,"patches":[[0,-1,"a"]]}"#),
        concurrent(#"{"parents":[],"agent":0,"patches":[[0,9223372036854775807,""]]}"#),
        events(#"{"span":[0,2],"parents":[],"agent":"a","seqStart":0,"ops":[[0,0,"a"]]}"#),
        events(#"{"span":[1,2],"parents":[],"agent":"a","seqStart":0,"ops":[[0,0,"a"]]}"#),
        events(#"{"span":[0,-1],"parents":[],"agent":"a","seqStart":0,"ops":[]}"#),
        events(#"{"span":[0,2147483647],"parents":[],"agent":"a","seqStart":0,"ops":[]}"#),
        events(#"{"span":[0,1],"parents":[0],"agent":"a","seqStart":0,"ops":[[0,0,"a"]]}"#),
        events(
            #"{"span":[0,1],"parents":[9223372036854775807],"agent":"a","seqStart":0,"ops":[[0,0,"a"]]}"#
        ),
    ])
    func contradictionsAreInconsistent(json: String) throws {
        let error = try #require(try refusal(Data(json.utf8)))
        #expect(error.code == .inconsistent)
        #expect(error.message.contains("transaction 0"))
    }

    @Test func aFileCutOffIsUnreadable() throws {
        let whole = folder.file("whole.json")
        try Data(#"{"endContent":"","txns":[]}"#.utf8).write(to: URL(filePath: whole))
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", whole]
        try gzip.run()
        gzip.waitUntilExit()
        let packed = try Data(contentsOf: URL(filePath: whole + ".gz"))
        for count in 2..<packed.count {
            #expect(try refusal(packed.prefix(count), name: "cut.gz")?.code == .unreadable)
        }
        #expect(try refusal(packed, name: "cut.gz") == nil)
    }

    @Test func aFileThatIsNotThereIsUnreadable() throws {
        for path in [folder.file("nothing"), folder.path] {
            let error = #expect(throws: TraceError.self) {
                try TraceFile.contents(of: URL(filePath: path))
            }
            #expect(error?.code == .unreadable)
            #expect(error?.file == path)
        }
    }
}
