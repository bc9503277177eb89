package import ArticleModel
import Dispatch
import Glibc
package import Membership
import Signing
import Synchronization

/// Checks signatures on all cores: one core checks some nine thousand a second.
///
/// What it is given is checked in the background, batch after batch, while the hub's own thread
/// reads and writes; when the hub wants an answer, its thread takes part.
package final class SignatureChecker: Sendable {
    /// An entry, and the device that has to have signed it.
    package typealias Question = (entry: SignedChangeSet, device: DeviceKey)

    /// Below this, handing the work out costs more than it saves.
    private static let parallelCountMin = 16
    /// Keys that are kept.
    private static let keyCountMax = 4_096

    /// One for each core but that of the hub's thread: what is begun first is done first.
    private let queues: [DispatchQueue]
    /// OpenSSL's form of keys, which is dear to make, and may be used by several threads.
    private let keys = Mutex<[DeviceKey: PublicKey]>([:])

    /// Uses `coreCount` cores; all for nil.
    package init(coreCount: Int? = nil) {
        let count = coreCount ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
        queues = (0..<max(0, min(count, 256) - 1)).map {
            DispatchQueue(label: "galley.signatures.\($0)")
        }
    }

    /// Begins to check `questions`; the result waits for what of them holds, in their order: nil for
    /// what does not.
    package func begin(_ questions: [Question]) -> () -> [VerifiedChangeSet?] {
        let batch = SignatureBatch(questions, keys: keys(of: questions))
        if questions.count >= Self.parallelCountMin {
            for queue in queues { queue.async { batch.work() } }
        }
        return { batch.answers() }
    }

    private func keys(of questions: [Question]) -> [DeviceKey: PublicKey] {
        keys.withLock { keys in
            var wanted: [DeviceKey: PublicKey] = [:]
            for question in questions where wanted[question.device] == nil {
                // An unfit key verifies nothing; the store says so of each entry.
                guard let key = keys[question.device] ?? (try? question.device.publicKey()) else {
                    continue
                }
                if keys.count >= Self.keyCountMax { keys = [:] }
                keys[question.device] = key
                wanted[question.device] = key
            }
            return wanted
        }
    }
}

/// Signatures that are checked together, in chunks that threads take one by one.
private final class SignatureBatch: Sendable {
    private static let chunkSize = 16

    private let questions: [(entry: SignedChangeSet, device: DeviceKey)]
    private let keys: [DeviceKey: PublicKey]
    private let chunkCount: Int
    private let nextChunk = Atomic<Int>(0)
    private let results: Mutex<[[VerifiedChangeSet?]]>
    private let unfinished = DispatchGroup()

    init(
        _ questions: [(entry: SignedChangeSet, device: DeviceKey)],
        keys: [DeviceKey: PublicKey]
    ) {
        self.questions = questions
        self.keys = keys
        chunkCount = (questions.count + Self.chunkSize - 1) / Self.chunkSize
        results = Mutex([[VerifiedChangeSet?]](repeating: [], count: chunkCount))
        for _ in 0..<chunkCount { unfinished.enter() }
    }

    /// Checks chunks until none is left that nobody has begun.
    func work() {
        while true {
            let chunk = nextChunk.add(1, ordering: .relaxed).oldValue
            guard chunk < chunkCount else { return }
            let start = chunk * Self.chunkSize
            let answers = questions[start..<min(start + Self.chunkSize, questions.count)]
                .map { question in
                    // The store looks again at what does not hold, and says why.
                    keys[question.device].flatMap { try? question.entry.verified(by: $0) }
                }
            results.withLock { $0[chunk] = answers }
            unfinished.leave()
        }
    }

    /// Takes part until all is begun, and waits for the rest.
    func answers() -> [VerifiedChangeSet?] {
        work()
        unfinished.wait()
        return results.withLock { $0.flatMap(\.self) }
    }
}
