import ArticleModel
import ReplicaStore
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Two machines joined with no network between: bytes of the one are bytes to the other.
struct PeerLink {
    /// What the one that called has to say of it, and the other one.
    private(set) var caller: Result<PeerReport, SyncError>?
    private(set) var answerer: Result<PeerReport, SyncError>?
    /// Bytes that went each way.
    private(set) var sentCount = 0
    private(set) var receivedCount = 0
    /// How often the direction changed from caller to answerer.
    private(set) var roundTrips = 0

    /// Does a whole session; after `cutAfter` bytes of both the connection breaks.
    ///
    /// The caller takes the answerer for the device `known`, where that is given. `meanwhile` happens
    /// before the answerer's first bytes arrive.
    @discardableResult
    static func sync(
        _ caller: Machine,
        _ answerer: Machine,
        known: DeviceKey? = nil,
        pieces: Int = 100_000,
        cutAfter: Int = .max,
        meanwhile: () throws -> Void = {}
    ) throws -> PeerLink {
        var link = PeerLink()
        let salt = caller.world.random.bytes(16)
        let one = PeerEngine(
            caller.replica,
            peer: known ?? answerer.device,
            role: .calls,
            salt: salt
        )
        let other = PeerEngine(answerer.replica, peer: caller.device, role: .answers, salt: [])
        var toOther = link.take(one.open(), isCaller: true)
        var toOne = link.take(other.open(), isCaller: false)
        while !toOther.isEmpty || !toOne.isEmpty {
            if !toOther.isEmpty { link.roundTrips += 1 }
            let room = cutAfter - link.sentCount - link.receivedCount
            if toOther.count > room { toOther = Array(toOther.prefix(room)) }
            link.sentCount += toOther.count
            for start in stride(from: 0, to: toOther.count, by: pieces) {
                let piece = toOther[start..<min(start + pieces, toOther.count)]
                toOne += link.take(other.receive(piece), isCaller: false)
            }
            toOther = []
            let left = cutAfter - link.sentCount - link.receivedCount
            if toOne.count > left { toOne = Array(toOne.prefix(left)) }
            if link.receivedCount == 0 { try meanwhile() }
            link.receivedCount += toOne.count
            for start in stride(from: 0, to: toOne.count, by: pieces) {
                let piece = toOne[start..<min(start + pieces, toOne.count)]
                toOther += link.take(one.receive(piece), isCaller: true)
            }
            toOne = []
        }
        _ = link.take(one.connectionLost(), isCaller: true)
        _ = link.take(other.connectionLost(), isCaller: false)
        return link
    }

    /// What both did, where both came to a good end.
    func reports() throws -> (caller: PeerReport, answerer: PeerReport) {
        let reports = (try #require(try caller?.get()), try #require(try answerer?.get()))
        #expect(reports.0.refusals.map(\.message).isEmpty)
        #expect(reports.1.refusals.map(\.message).isEmpty)
        #expect(reports.0.faults.isEmpty && reports.1.faults.isEmpty)
        return reports
    }

    private mutating func take(_ effects: [PeerEngine.Effect], isCaller: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for effect in effects {
            switch effect {
            case .send(let sent): bytes += sent
            case .ended(let result): if isCaller { caller = result } else { answerer = result }
            case .close: break
            }
        }
        return bytes
    }
}
