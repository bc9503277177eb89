/// One run of a simulated world.
public struct Simulation: Sendable {
    /// Everything follows from it.
    public let seed: UInt64
    /// How many things happen before faults stop.
    public var eventCount = 500
    /// Takes a line for each thing that happens.
    public var trace: (@Sendable (String) -> Void)?

    /// What came of a run.
    public struct Outcome: Sendable {
        /// What must not happen and did; nil where all went well.
        public let violation: String?
        /// Equal for equal seeds in every process.
        public let traceHash: UInt64
        /// How often what happened.
        public let coverage: Coverage
    }

    /// The run that `seed` names.
    public init(seed: UInt64) { self.seed = seed }

    /// Runs it in a file system that nobody else uses meanwhile.
    public func run(in fileSystem: SimulatedFileSystem) -> Outcome {
        let world: World
        do {
            world = try World(seed: seed, fileSystem: fileSystem, trace: trace)
        } catch {
            return Outcome(
                violation: "the world could not be made: \(error)",
                traceHash: 0,
                coverage: Coverage()
            )
        }
        var violation: String?
        do {
            try world.run(eventCount)
        } catch {
            violation = "\(error)"
        }
        world.end()
        return Outcome(
            violation: violation,
            traceHash: world.trace.hash,
            coverage: world.coverage
        )
    }
}

extension World {
    /// Closes all files, and adds up what happened on the disks.
    func end() {
        hub.stop()
        for client in clients { client.stop() }
        for disk in clients.map(\.disk) + [hub.disk] {
            coverage[.shortWrite] += disk.events.shortWrites
            coverage[.bitFlipped] += disk.events.flips
            coverage[.sectorsLost] += disk.events.lostSectors
            coverage[.sectorsKept] += disk.events.keptSectors
            coverage[.namesLost] += disk.events.lostNames
        }
        fileSystem.disks = [:]
    }
}
