import ArticleModel
import SyncProtocol

// Devices that send too much too fast get their credit later; those far over their rate are refused.

extension HubEngine {
    /// Notes what came from a connection; ends it where its device is far over its rate.
    func charge(_ connection: HubConnection, byteCount: Int, entryCount: Int = 0) {
        usage.statistics.receivedByteCount += Int64(byteCount)
        guard usage.hasRates else { return }
        usage.charge(connection.device, byteCount: byteCount, entryCount: entryCount)
        let wait = usage.wait(of: connection.device)
        guard wait > usage.limits.slowedMilliseconds else { return }
        end(connection, tooFast(wait))
    }

    /// Has a session begin that is held to rates; what to refuse its device with, where it is far
    /// over them.
    func meter(_ stream: HubStream) -> Fault? {
        guard usage.hasRates else { return nil }
        let wait = usage.wait(of: stream.connection.device)
        guard wait <= usage.limits.slowedMilliseconds else { return tooFast(wait) }
        stream.session.meterCredit(startingWith: wait == 0 ? ProtocolLimits.window : 0)
        return nil
    }

    /// Gives a stream the credit that is due to it, now or when its device is within its rates.
    func settleCredit(of stream: HubStream) {
        guard stream.session.withheldCredit > 0, !stream.isSlowed else { return }
        guard usage.wait(of: stream.connection.device) > 0 else {
            sendCredit(to: stream)
            return
        }
        stream.isSlowed = true
        stream.reassured = usage.time
        usage.slowed.append(stream)
    }

    /// Gives credit to those whose devices are within their rates by now, and tells the others that
    /// the hub is there.
    func settleSlowed() {
        guard !usage.slowed.isEmpty else { return }
        let slowed = usage.slowed
        usage.slowed = []
        for stream in slowed {
            let connection = stream.connection
            guard connections[connection.number] === connection,
                connection.streams[stream.number] === stream
            else { continue }
            guard usage.wait(of: connection.device) > 0 else {
                stream.isSlowed = false
                sendCredit(to: stream)
                continue
            }
            usage.slowed.append(stream)
            guard usage.time - stream.reassured >= Self.reassuranceMilliseconds else { continue }
            stream.reassured = usage.time
            perform(stream.session.ping(0), stream)
        }
    }

    private func sendCredit(to stream: HubStream) {
        perform(stream.session.releaseCredit(), stream)
    }

    /// Who waits for credit hears so often that the hub is there.
    private static let reassuranceMilliseconds: Int64 = 3000

    private func tooFast(_ wait: Int64) -> Fault {
        Fault(
            .rate,
            .retry,
            text: "This device sends more than the hub takes from one. Nothing is lost; sync again"
                + " later, and the rest is taken then.",
            retryAfterMilliseconds: later(wait)
        )
    }

    /// A time to wait with some chance in it, so that not all come back at once.
    public func later(_ milliseconds: Int64) -> UInt64 {
        let time = UInt64(max(1000, milliseconds))
        return time + random(time / 2)
    }
}
