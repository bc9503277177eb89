import Diagnostics
import Files
import SyncEngine
import SyncProtocol

// What a hub that runs tells of itself, in a file of its folder: a name and a number in each line.

extension HubStatistics {
    /// The numbers with the names by which they are shown.
    func lines(refusedConnectionCount: Int64) -> [(name: String, value: Int64)] {
        var result: [(name: String, value: Int64)] = [
            ("connections", Int64(connectionCount)), ("sessions", Int64(sessionCount)),
            ("slowed_sessions", Int64(slowedCount)), ("changes_taken", entryCount),
            ("bytes_received", receivedByteCount), ("bytes_sent", sentByteCount),
            ("queue_bytes", Int64(waitingByteCount)), ("held_bytes", Int64(heldByteCount)),
            ("refused_connections", refusedConnectionCount),
        ]
        for (code, count) in refusedCounts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            result.append(("refused_\(code)", count))
        }
        return result
    }
}

extension HubServer {
    /// Keeps the numbers for `galleyd status`, where they have changed and not too often.
    func noteStatistics() {
        let now = monotonic()
        guard now >= nextStatistics else { return }
        nextStatistics = now + Int64(options.noteMilliseconds)
        let lines = engine.statistics.lines(refusedConnectionCount: refusedConnectionCount)
        let text = lines.map { "\($0.name) \($0.value)\n" }.joined()
        guard text != lastStatistics else { return }
        lastStatistics = text
        do {
            try FileSystem.write(Array(text.utf8), to: folder.statisticsPath)
        } catch {
            log.warning("note failed", ["error": .text(error.message)])
        }
    }
}

extension HubFolder {
    var statisticsPath: String { "\(path)/statistics" }

    /// What the process that serves said of itself last.
    func readStatistics() -> [(name: String, value: Int64)] {
        // It is only for people to see; without it the hub is as good.
        guard let bytes = try? FileSystem.read(statisticsPath, limit: 10_000) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count == 2, let name = parts.first, let value = Int64(parts[1]) else {
                return nil
            }
            return (String(name), value)
        }
    }
}
