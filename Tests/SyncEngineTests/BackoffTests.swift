import SyncEngine
import TestSupport
import Testing

@Suite("The wait before the next try")
struct BackoffTests {
    @Test("is anywhere below a bound that doubles to its greatest", arguments: 1...20)
    func bounds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var backoff = Backoff(firstMilliseconds: 500, boundMillisecondsMax: 60_000)
        var bounds: [Int64] = []
        for _ in 0..<100 {
            bounds.append(backoff.boundMilliseconds)
            let wait = backoff.failed(using: &random)
            #expect((0...bounds[bounds.count - 1]).contains(wait))
        }
        #expect(bounds.prefix(9) == [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
        #expect(bounds.last == 60_000)
    }

    @Test("spreads clients over the whole span")
    func jitter() {
        var random = SeededRandom(seed: 7)
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            var backoff = Backoff(firstMilliseconds: 999, boundMillisecondsMax: 999)
            counts[Int(backoff.failed(using: &random) / 100)] += 1
        }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
    }

    @Test("begins anew after a good connection")
    func reset() {
        var random = SeededRandom(seed: 1)
        var backoff = Backoff()
        for _ in 0..<5 { _ = backoff.failed(using: &random) }
        backoff.succeeded()
        #expect(backoff == Backoff())
    }

    @Test("is as long as the hub asks for at least, within reason")
    func asked() {
        var random = SeededRandom(seed: 1)
        var backoff = Backoff()
        let wait = backoff.failed(retryAfterMilliseconds: 10_000, using: &random)
        #expect((10_000...10_500).contains(wait))
        let absurd = backoff.failed(retryAfterMilliseconds: .max, using: &random)
        #expect(absurd <= Backoff.askedMillisecondsMax + 1000)
    }
}

@Suite("A machine's sleep")
struct SleepWatchTests {
    @Test("shows as one clock going ahead of the other, once")
    func sleeps() {
        var sleep = SleepWatch()
        func look(_ monotonic: Int64, _ boot: Int64) -> Bool {
            sleep.hasSlept(monotonicMilliseconds: monotonic, bootMilliseconds: boot)
        }
        // That it slept before the first look does not matter.
        let looks = [
            look(1000, 500_000), look(1200, 500_200), look(100_000, 599_000),
            look(100_200, 900_000), look(100_400, 900_200), look(100_600, 901_400),
        ]
        #expect(looks == [false, false, false, true, false, false])
    }
}
