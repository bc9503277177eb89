/// Finds out that the machine has slept, by two clocks that never go back: one that stands still
/// meanwhile, and one that goes on.
///
/// What was connected before is then best given up at once: the other side may have done so long
/// ago, and this one would only notice by silence.
public struct SleepWatch: Hashable, Sendable {
    private var ahead: Int64?
    /// What the clocks may differ from one look to the next without a sleep.
    public static let toleranceMilliseconds: Int64 = 2_000

    /// Has not looked yet.
    public init() {}

    /// Whether the machine has slept since the last look.
    public mutating func hasSlept(
        monotonicMilliseconds: Int64,
        bootMilliseconds: Int64
    ) -> Bool {
        let now = bootMilliseconds &- monotonicMilliseconds
        defer { ahead = now }
        guard let ahead else { return false }
        return now &- ahead > Self.toleranceMilliseconds
    }
}
