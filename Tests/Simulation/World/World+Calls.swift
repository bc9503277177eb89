import ReplicaStore
import TestSupport

extension World {
    /// Does something on a client's machine; nil where the machine went down or its disk failed.
    ///
    /// An error that nothing that went wrong explains is a violation, unless it is `expected`.
    func onClient<Result>(
        _ client: Client,
        to purpose: @autoclosure () -> String,
        expecting expected: Set<ReplicaError.Code> = [],
        _ body: () throws -> Result
    ) throws -> Result? {
        let before = client.faultCount
        do {
            let result = try body()
            guard !client.disk.hasCrashed else {
                died(client)
                return nil
            }
            return result
        } catch let violation as Violation {
            throw violation
        } catch {
            if client.disk.hasCrashed {
                died(client)
                return nil
            }
            if let error = error as? ReplicaError, expected.contains(error.code) {
                note(.refused, client.number, 0, "\(client.name): \(purpose()): \(error)")
                return nil
            }
            guard client.faultCount != before || client.isTainted else {
                throw Violation("\(client.name) could not \(purpose()): \(error)")
            }
            note(.callFailed, client.number, 0, "\(client.name) could not \(purpose()): \(error)")
            return nil
        }
    }

    /// Does something on the hub's machine; nil where the machine went down or its disk failed.
    func onHub<Result>(to purpose: @autoclosure () -> String, _ body: () throws -> Result) throws
        -> Result?
    {
        let before = hub.disk.events.faultCount
        do {
            let result = try body()
            guard !hub.disk.hasCrashed else {
                hubDied()
                return nil
            }
            return result
        } catch let violation as Violation {
            throw violation
        } catch {
            if hub.disk.hasCrashed {
                hubDied()
                return nil
            }
            guard hub.disk.events.faultCount != before else {
                throw Violation("the hub could not \(purpose()): \(error)")
            }
            note(.callFailed, -1, 0, "the hub could not \(purpose()): \(error)")
            return nil
        }
    }

    /// A client's machine went down in the middle of a call.
    private func died(_ client: Client) {
        note(.clientCrashedInCall, client.number, 0, "\(client.name) goes down in a call")
        stop(client)
    }

    private func hubDied() {
        note(.hubCrashedInCall, 0, 0, "the hub goes down in a call")
        stopHub()
    }

    /// Ends a client's process; its connections break.
    func stop(_ client: Client) {
        client.stop()
        for wire in wires where wire.caller === client || wire.peer === client {
            hangUp(wire, by: client)
        }
    }

    /// Ends the hub's process; its connections break.
    func stopHub() {
        hub.stop()
        for wire in wires where wire.peer == nil {
            wire.isDisturbed = true
            wire.outward.isDeaf = true
            wire.inward.cut(keeping: random.below(wire.inward.count + 1))
        }
        connections = [:]
    }

    /// One end of a connection is gone without a word; the other hears of it after what is under
    /// way.
    func hangUp(_ wire: Wire, by client: Client) {
        wire.isDisturbed = true
        if wire.caller === client {
            wire.inward.isDeaf = true
            wire.outward.cut(keeping: random.below(wire.outward.count + 1))
        } else {
            wire.outward.isDeaf = true
            wire.inward.cut(keeping: random.below(wire.inward.count + 1))
        }
    }
}
