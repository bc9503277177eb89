import Foundation
import Glibc
import Synchronization

/// The least a change to many costs on this machine: two waits for the disk, one after the other,
/// and as many plain sockets, each read by a thread of its own.
enum FanOut {
    static func measure(receivers count: Int, changes: Int, in folder: URL) throws -> [Double] {
        let delays = Mutex<[Double]>([])
        var writers: [Int32] = []
        for _ in 0..<count {
            var ends: [Int32] = [0, 0]
            guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
                throw Command.Failure(description: "no socket pair")
            }
            let reader = ends[1]
            writers.append(ends[0])
            Thread.detachNewThread {
                var sent = 0.0
                while read(reader, &sent, 8) == 8 {
                    let delay = (monotonicSeconds() - sent) * 1_000
                    delays.withLock { $0.append(delay) }
                }
                close(reader)
            }
        }
        let file = open(folder.appending(path: "fanout").path, O_CREAT | O_WRONLY, 0o600)
        guard file >= 0 else { throw Command.Failure(description: "no file to write") }
        let page = [UInt8](repeating: 7, count: 4_096)
        for _ in 0..<changes {
            var start = monotonicSeconds()
            for _ in 0..<2 {
                _ = write(file, page, page.count)
                fdatasync(file)
            }
            for writer in writers { _ = write(writer, &start, 8) }
            usleep(30_000)
        }
        for writer in writers { close(writer) }
        close(file)
        return delays.withLock(\.self)
    }
}
