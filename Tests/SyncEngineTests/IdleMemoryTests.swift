import ArticleModel
import CLinux
import Foundation
import ReplicaStore
import SyncEngine
import TestSupport
import Testing

@Suite("A live connection with nothing to do")
struct IdleMemoryTests {
    @Test("keeps little memory on both sides, however much went over it")
    func memory() async {
        // In a process of its own: what is counted is the whole of it.
        await #expect(processExitsWith: .success) {
            let world = try World()
            let owner = try Machine.owner(world)
            try owner.sync(.register(claim: "claim"))
            let count = 400
            func connect() throws -> [LiveLink] {
                let links = try (0..<count).map { _ in try world.connectLive(owner.device) }
                for link in links { link.open([owner.replica]) }
                try world.settle()
                // Something comes for each, large enough to be compressed.
                let article = try owner.begin("Text", body: String(repeating: "Word. ", count: 800))
                try owner.sync()
                try owner.edit(article, [.addTag("tag")])
                try owner.sync()
                try world.settle()
                let engine = try #require(world.engine)
                for time in [0, 1000, 2000] as [Int64] {
                    world.route(engine.tick(now: time))
                    for link in world.liveLinks.values {
                        link.perform(link.client.tick(now: time))
                    }
                }
                return links
            }
            // What is only made once is there after the first round.
            var links = try connect()
            let before = allocatedByteCount()
            links += try connect()
            let each = (allocatedByteCount() - before) / count
            #expect(links.count == 2 * count)
            // A small share of what OpenSSL keeps for the same connection.
            if each > 8 * 1024 { exit(1) }
        }
    }
}

/// The memory that this process has taken and not given back.
private func allocatedByteCount() -> Int {
    let info = mallinfo2()
    return Int(clamping: info.uordblks) + Int(clamping: info.hblkhd)
}
