import SyncEngine
import TestSupport
import Testing

@Suite struct `A rate` {
    @Test func `allows its burst at once and then so much a second`() {
        let rate = Rate(burst: 100, perSecond: 10)
        var bucket = TokenBucket(full: rate, at: 0)
        bucket.spend(100, of: rate, at: 0)
        #expect(bucket.wait(of: rate, at: 0) == 0)
        bucket.spend(5, of: rate, at: 0)
        #expect(bucket.wait(of: rate, at: 0) == 500)
        #expect(bucket.wait(of: rate, at: 499) == 1)
        #expect(bucket.wait(of: rate, at: 500) == 0)
        // Nothing beyond the burst is saved up.
        bucket.spend(101, of: rate, at: 1_000_000)
        #expect(bucket.wait(of: rate, at: 1_000_000) == 100)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `is never exceeded over any time by whoever waits as told`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let rate = Rate(burst: Int64(random.below(500) + 1), perSecond: Int64(random.below(90) + 1))
        var bucket = TokenBucket(full: rate, at: 0)
        var now: Int64 = 0
        var spent: [(time: Int64, amount: Int64)] = []
        for _ in 0..<300 {
            now += Int64(random.below(400))
            now += bucket.wait(of: rate, at: now)
            let amount = Int64(random.below(50))
            bucket.spend(amount, of: rate, at: now)
            spent.append((now, amount))
        }
        for (index, first) in spent.enumerated() {
            var sum: Int64 = 0
            for last in spent[index...] {
                sum += last.amount
                let allowed = rate.burst + rate.perSecond * (last.time - first.time) / 1000
                // The last one may have gone into debt, and the first time is cut to a millisecond.
                #expect(sum <= allowed + 50 + 1)
            }
        }
    }

    @Test func `takes monstrous numbers and a clock that goes back`() {
        let rate = Rate(burst: .max, perSecond: .max)
        var bucket = TokenBucket(full: rate, at: .min)
        for _ in 0..<10 { bucket.spend(.max, of: rate, at: .min) }
        #expect(bucket.wait(of: rate, at: .min) > 0)
        #expect(bucket.wait(of: rate, at: .max) == 0)
        bucket.spend(-5, of: rate, at: 0)
        #expect(bucket.wait(of: rate, at: 0) == 0)
        #expect(Rate(burst: 0, perSecond: -1) == Rate(burst: 1, perSecond: 1))
    }
}

@Suite struct `A table of rates` {
    @Test func `holds each to the rate on its own`() {
        var table = RateTable<Int>(Rate(burst: 10, perSecond: 1))
        table.spend(15, by: 1, at: 0)
        table.spend(10, by: 2, at: 0)
        #expect(table.wait(of: 1, at: 0) == 5000)
        #expect(table.wait(of: 2, at: 0) == 0)
        #expect(table.wait(of: 3, at: 0) == 0)
        #expect(table.count == 2)
    }

    @Test func `forgets first who has used nothing for long, then who is in least debt`() {
        var table = RateTable<Int>(Rate(burst: 10, perSecond: 1), countMax: 100)
        for key in 0..<50 { table.spend(1, by: key, at: 0) }
        // By now those are as good as new.
        for key in 100..<140 { table.spend(30, by: key, at: 60_000) }
        for key in 1000..<1200 { table.spend(1, by: key, at: 60_000) }
        #expect(table.count <= 100)
        for key in 100..<140 { #expect(table.wait(of: key, at: 60_000) == 20_000, "\(key)") }
    }

    @Test func `stays small whoever comes`() {
        var table = RateTable<UInt64>(Rate(burst: 1, perSecond: 1), countMax: 1000)
        var random = SeededRandom(seed: 3)
        for _ in 0..<50_000 { table.spend(2, by: random.next(), at: 0) }
        #expect(table.count <= 1000)
    }
}
