package import ArticleModel
import Dispatch
package import Membership
import Signing
import Synchronization

/// Checks signatures on all cores at once: one core checks some nine thousand a second.
package enum SignatureChecker {
    /// Below this, handing the work out costs more than it saves.
    private static let parallelCountMin = 16
    private static let chunkSize = 64

    /// What of `questions` holds, in their order; nil for what does not.
    package static func check(
        _ questions: [(entry: SignedChangeSet, device: DeviceKey)]
    ) -> [VerifiedChangeSet?] {
        // OpenSSL's form of a key is dear to make, and may be used by several threads.
        var keys: [DeviceKey: PublicKey] = [:]
        for question in questions where keys[question.device] == nil {
            // An unfit key verifies nothing; the store says so of each entry.
            keys[question.device] = try? question.device.publicKey()
        }
        let known = keys
        @Sendable func verify(_ question: (entry: SignedChangeSet, device: DeviceKey))
            -> VerifiedChangeSet?
        {
            // The store looks again at what does not hold, and says why.
            known[question.device].flatMap { try? question.entry.verified(by: $0) }
        }
        guard questions.count >= parallelCountMin else { return questions.map(verify) }
        let chunkCount = (questions.count + chunkSize - 1) / chunkSize
        let results = Mutex([Int: [VerifiedChangeSet?]]())
        DispatchQueue.concurrentPerform(iterations: chunkCount) { index in
            let start = index * chunkSize
            let chunk = questions[start..<min(start + chunkSize, questions.count)].map(verify)
            results.withLock { $0[index] = chunk }
        }
        return results.withLock { results in
            (0..<chunkCount).flatMap { results[$0] ?? [] }
        }
    }
}
