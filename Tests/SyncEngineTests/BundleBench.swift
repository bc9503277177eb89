import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Machines of one library that were once at a hub, and share no network any more.
struct BundleBench {
    let world: World
    let machines: [Machine]

    init(seed: UInt64 = 1, machineCount: Int = 3) throws {
        world = try World(seed: seed)
        let owner = try Machine.owner(world)
        try owner.sync(.register(claim: "claim"))
        var machines = [owner]
        for number in 1..<machineCount {
            let machine = try owner.newcomer("user\(number)")
            try machine.join(try owner.invite("User \(number)"), as: "User \(number)")
            machines.append(machine)
        }
        for machine in machines { try machine.sync() }
        self.machines = machines
    }
}

extension Machine {
    /// A bundle of what is here.
    func bundle(since bases: [BundleFrontier] = []) throws -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try BundleExport(replica).write(since: bases, signedBy: key, now: world.now) {
            bytes += $0
        }
        return bytes
    }

    var frontier: BundleFrontier { get throws { try BundleExport(replica).frontier() } }

    @discardableResult
    func apply(_ bytes: [UInt8], isTrial: Bool = false) throws -> BundleImport.Report {
        try BundleImport(replica).apply(.bytes(bytes), isTrial: isTrial)
    }

    /// The failure of applying `bytes`, which must leave nothing behind; nil where it is taken.
    func refusal(of bytes: [UInt8]) throws -> BundleError? {
        let before = try contents()
        do {
            try apply(bytes)
            return nil
        } catch let error as BundleError {
            #expect(try contents() == before)
            return error
        }
    }

    /// All that a bundle could change.
    private func contents() throws -> [String] {
        let status = try replica.status()
        return [
            try replica.stateHash().hexadecimal, "\(status.entryCount)", "\(status.parkedCount)",
            "\(status.unplacedCount)", "\(try replica.membership().head.sequence)",
        ]
    }
}

extension BundleImport.Source {
    /// A bundle in memory, which comes in small pieces.
    static func bytes(_ bytes: [UInt8]) -> Self {
        let place = Place()
        return BundleImport.Source(
            read: {
                let piece = Array(bytes[place.offset...].prefix(1000))
                place.offset += piece.count
                return piece
            },
            rewind: { place.offset = 0 }
        )
    }

    private final class Place {
        var offset = 0
    }
}
