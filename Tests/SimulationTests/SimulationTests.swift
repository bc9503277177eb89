import Simulation
import Testing

@Suite("Simulated worlds")
struct SimulationTests {
    /// Seeds that showed a fault of the product's, or of the simulator's, once.
    static let keptSeeds: [UInt64] = [
        26, 5327, 5353, 5797, 6302, 6901, 7057, 9458, 16_950, 17_606, 24_274, 68_258, 69_272,
    ]

    @Test("keep every promise under faults of all kinds")
    func manySeeds() throws {
        // As many as five minutes hold, at least a thousand: what each does follows from it alone.
        let ended = try SimulateProgram.run("SEEDS=1-100000", "EVENTS=500", "SECONDS=300")
        #expect(ended.code == 0, "\(ended.output.suffix(2_000))")
        print(ended.output.split(separator: "\n").last { $0.contains("a second") } ?? "")
        // A kind of fault that never came is a fault of the simulator's.
        #expect(ended.value("never") == nil)
    }

    @Test("go well for seeds that went wrong once", arguments: keptSeeds)
    func oldSeeds(seed: UInt64) throws {
        let ended = try SimulateProgram.run("SEEDS=\(seed)")
        #expect(ended.code == 0, "\(ended.output.suffix(2_000))")
    }

    @Test("take the same course in every process", arguments: [7, 50] as [UInt64])
    func sameCourse(seed: UInt64) throws {
        let one = try SimulateProgram.run("SEEDS=\(seed)", "TRACE=1")
        let other = try SimulateProgram.run("SEEDS=\(seed)", "TRACE=1", "THREADS=1")
        let hash = try #require(one.value("trace"))
        #expect(hash == other.value("trace"))
        // The trace is for people, and has to be the same as well.
        let lines = { (ended: SimulateProgram.Ended) in
            ended.output.split(separator: "\n").filter { !$0.contains("a second") }
        }
        #expect(lines(one) == lines(other))
        #expect(lines(one).count > 300)
        let next = try SimulateProgram.run("SEEDS=\(seed + 1)")
        #expect(next.value("trace") != hash)
    }
}
