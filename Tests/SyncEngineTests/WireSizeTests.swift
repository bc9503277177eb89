import ArticleModel
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

@Suite("With nothing to do, on the wire")
struct WireSizeTests {
    /// What TLS adds to each record.
    private static let recordByteCount = 22

    @Test("one library takes a round trip, each further one at most 300 bytes and none")
    func sizes() throws {
        let world = try World()
        let key = try world.makeKey()
        var machines: [Machine] = []
        var costs: [(byteCount: Int, flightCount: Int)] = []
        for (number, claim) in ["claim", "claim 2", "claim 3"].enumerated() {
            let machine = try Machine.owner(world, named: "\(number)", key: key)
            try machine.sync(.register(claim: claim))
            for _ in 0..<40 { try machine.begin("Article") }
            // Positions and sequence numbers of some size, as in real libraries.
            try machine.sync()
            machines.append(machine)
            let link = try world.connectLive(machine.device, ClientEngine.Options())
            link.open(machines.map(\.replica))
            try world.settle()
            #expect(machines.allSatisfy { link.report($0.replica)?.summary.receivedCount == 0 })
            let flights = link.flightCounts.client + link.flightCounts.hub
            let bytes = link.byteCounts.client + link.byteCounts.hub
            costs.append((bytes + flights * Self.recordByteCount, flights))
        }
        // HELLOs, WELCOMEs, BYEs: the last needs no answer.
        #expect(costs.allSatisfy { $0.flightCount == 3 })
        // The handshake of TLS takes 1,133 bytes of the 1,600 that all may take.
        #expect(costs[0].byteCount <= 1600 - 1133, "\(costs[0])")
        for (one, next) in zip(costs, costs.dropFirst()) {
            #expect(next.byteCount - one.byteCount <= 300, "\(next.byteCount - one.byteCount)")
        }
    }
}
