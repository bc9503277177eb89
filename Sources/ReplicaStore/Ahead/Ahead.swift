import Dispatch
import Synchronization

/// Pure work that another core does before its result is asked for.
///
/// Where nobody has begun it by then, whoever asks does it: no thread waits for work that could as
/// well be its own, and on a machine of one core nothing is lost.
final class Ahead<Result: Sendable>: Sendable {
    private let work: @Sendable () -> Result
    private let isTaken = Atomic(false)
    private let result = Mutex<Result?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    /// Leaves `work` to whoever asks for its result, unless ``begin(on:)`` is called before.
    init(_ work: @escaping @Sendable () -> Result) { self.work = work }

    /// Has `queue` do it when it gets there.
    func begin(on queue: DispatchQueue) {
        queue.async { [self] in
            guard take() else { return }
            let made = work()
            result.withLock { $0 = made }
            isDone.signal()
        }
    }

    /// What came of it; to be asked for once.
    func value() -> Result {
        if take() { return work() }
        isDone.wait()
        guard let made = result.withLock({ $0.take() }) else {
            fatalError("the result of work done ahead was asked for twice")
        }
        return made
    }

    private func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
}
