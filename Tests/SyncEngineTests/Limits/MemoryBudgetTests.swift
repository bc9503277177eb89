import SyncEngine
import TestSupport
import Testing

@Suite struct `A budget of memory` {
    @Test func `lets everybody grow until it is used up, then one after the other`() {
        var budget = MemoryBudget(byteCountMax: 1000, floor: 10)
        budget.update(1, 500, at: 0)
        budget.update(2, 400, at: 0)
        budget.update(3, 10, at: 0)
        #expect(budget.byteCount == 900)
        #expect([1, 2, 3].allSatisfy { budget.mayGrow($0) })
        budget.update(3, 200, at: 0)
        #expect(budget.isExceeded)
        #expect([1, 2, 3, 4].map { budget.mayGrow($0) } == [true, false, false, false])
        budget.update(3, 1000, at: 0)
        budget.update(1, 0, at: 0)
        #expect([1, 2, 3, 4].map { budget.mayGrow($0) } == [false, true, false, false])
        budget.update(2, 0, at: 0)
        #expect(!budget.isExceeded)
        #expect([1, 2, 3, 4].allSatisfy { budget.mayGrow($0) })
    }

    @Test func `lets go of the largest of those who have held for long, and no more than needed`() {
        var budget = MemoryBudget(byteCountMax: 1000, floor: 10)
        budget.update(1, 300, at: 0)
        budget.update(2, 600, at: 0)
        budget.update(3, 50, at: 0)
        #expect(budget.overdue(30, at: 100) == [])
        budget.update(4, 200, at: 90)
        #expect(budget.overdue(30, at: 20) == [])
        #expect(budget.overdue(30, at: 100) == [2])
        budget.update(2, 0, at: 100)
        #expect(budget.overdue(30, at: 100) == [])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `keeps the sum bounded, and always lets one go on`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let most = 5000
        let step = 700
        var budget = MemoryBudget(byteCountMax: 20_000, floor: 100)
        var held = [UInt64: Int]()
        for round in 0..<5000 {
            let number = UInt64(random.below(40))
            let before = held[number, default: 0]
            if random.below(5) == 0 {
                held[number] = 0
            } else if before <= 100 || budget.mayGrow(number) {
                held[number] = min(most, before + random.below(step))
            }
            budget.update(number, held[number, default: 0], at: Int64(round))
            let counted = held.values.filter { $0 > 100 }
            #expect(budget.byteCount == counted.reduce(0, +))
            #expect(budget.byteCount <= 20_000 + most + 40 * (100 + step))
            #expect(counted.isEmpty || held.contains { $0.value > 100 && budget.mayGrow($0.key) })
        }
    }
}
