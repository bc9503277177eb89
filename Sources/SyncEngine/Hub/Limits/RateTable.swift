/// What each of many has left of one rate, in bounded memory.
///
/// Whoever has used nothing for long is forgotten, which changes nothing: a bucket that is full is as
/// good as none. Where there are too many others, those with the most left are forgotten: it is they
/// who gain the least by it.
public struct RateTable<Key: Hashable & Sendable>: Sendable {
    /// The rate of each.
    public let rate: Rate
    private let countMax: Int
    private var buckets: [Key: TokenBucket] = [:]

    /// A table that remembers at most `countMax`.
    public init(_ rate: Rate, countMax: Int = 16_384) {
        self.rate = rate
        self.countMax = max(2, countMax)
    }

    /// The number of those that are remembered.
    public var count: Int { buckets.count }

    /// Notes that somebody used `amount`.
    public mutating func spend(_ amount: Int64, by key: Key, at now: Int64) {
        var bucket = buckets[key] ?? TokenBucket(full: rate, at: now)
        bucket.spend(amount, of: rate, at: now)
        if buckets[key] == nil, buckets.count >= countMax { forget(at: now) }
        buckets[key] = bucket
    }

    /// Milliseconds until somebody is out of debt; 0 who is in none.
    public mutating func wait(of key: Key, at now: Int64) -> Int64 {
        buckets[key]?.wait(of: rate, at: now) ?? 0
    }

    /// Makes room for half as many again.
    private mutating func forget(at now: Int64) {
        var times: [(key: Key, time: Int64)] = []
        for key in Array(buckets.keys) {
            let time = buckets[key]?.timeToFull(of: rate, at: now) ?? 0
            if time == 0 { buckets[key] = nil } else { times.append((key, time)) }
        }
        let excess = times.count - countMax / 2
        guard excess > 0 else { return }
        for (key, _) in times.sorted(by: { $0.time < $1.time }).prefix(excess) {
            buckets[key] = nil
        }
    }
}
