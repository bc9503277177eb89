import Foundation
import TestSupport
import Testing

/// `kill -9` of hub and clients at any moment of a sync under load loses nothing that was
/// acknowledged, uses no sequence number twice, and all come level afterwards.
///
/// The moments are drawn from a seed as delays; what they hit differs from run to run, and the
/// outcome must hold for every one of them. `./run kills` asks for more of them.
@Suite(.serialized) struct SyncKillTests {
    /// How many processes are to be killed.
    static let killCount =
        ProcessInfo.processInfo.environment["GALLEY_KILLS"].flatMap { Int($0) } ?? 100

    @Test func nothingThatWasAcknowledgedIsLost() throws {
        try withScratchFolder { folder in
            let world = try KillWorld(in: folder, seed: 0x6B69_6C6C)
            var settledAt = 0
            var roundCount = 0
            while world.killCount < Self.killCount {
                try world.killSome()
                roundCount += 1
                try #require(roundCount < 20 * Self.killCount, "hardly anything is hit")
                if world.killCount - settledAt >= 50 {
                    try world.settle()
                    settledAt = world.killCount
                }
            }
            try world.settle()
            #expect(world.killedHubCount > 0)
            print("\(world.killCount) kills, \(world.killedHubCount) of them of the hub")
        }
    }
}
