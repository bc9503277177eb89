internal import EditingTraces
internal import Foundation
internal import TestSupport
import Testing

/// The cases that were decided one by one, and others made at random.
@Suite struct ConflictVectorTests {
    private static let path = "conflicts/vectors-even.json.gz"

    @Test(.enabled(if: SharedData.url(path) != nil, "\(SharedData.absence)"))
    func allCasesComeOutInAnyOrder() throws {
        let url = try #require(SharedData.url(Self.path))
        let cases = try ConflictCase.cases(at: url)
        #expect(cases.count >= 110)
        for one in cases {
            for order in UInt64(0)..<4 { #expect(try one.difference(order: order) == nil) }
        }
    }
}
