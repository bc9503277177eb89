/// Bounds what many connections hold in memory together.
///
/// A connection below the floor is not counted. While all others together stay within the budget
/// each may grow. Beyond that only the one that holds for the longest may, so that there is always
/// one that can finish; who has held for too long is to be let go, the largest first. So the sum is
/// at most the budget, one connection's greatest, and of each what came before it could be stopped.
package struct MemoryBudget {
    package let byteCountMax: Int
    package let floor: Int

    private struct Holder {
        var byteCount: Int
        let since: Int64
        /// The order in which they rose above the floor.
        let turn: UInt64
    }

    private var holders: [HubEngine.ConnectionNumber: Holder] = [:]
    private var nextTurn: UInt64 = 0
    private var oldest: (number: HubEngine.ConnectionNumber, turn: UInt64)?
    /// What all that are counted hold.
    package private(set) var byteCount = 0

    package init(byteCountMax: Int, floor: Int) {
        self.byteCountMax = max(1, byteCountMax)
        self.floor = floor
    }

    /// Whether there is too little for all.
    package var isExceeded: Bool { byteCount > byteCountMax }

    /// Notes what a connection holds now; 0 for one that is gone.
    package mutating func update(_ number: HubEngine.ConnectionNumber, _ held: Int, at now: Int64) {
        guard held > floor else {
            guard let holder = holders.removeValue(forKey: number) else { return }
            byteCount -= holder.byteCount
            if oldest?.number == number {
                oldest = holders.min { $0.value.turn < $1.value.turn }
                    .map { ($0.key, $0.value.turn) }
            }
            return
        }
        if let known = holders[number] {
            byteCount += held - known.byteCount
            holders[number]?.byteCount = held
            return
        }
        holders[number] = Holder(byteCount: held, since: now, turn: nextTurn)
        if oldest == nil { oldest = (number, nextTurn) }
        nextTurn += 1
        byteCount += held
    }

    /// Whether a connection may hold more than it does, or than the floor.
    package func mayGrow(_ number: HubEngine.ConnectionNumber) -> Bool {
        !isExceeded || oldest?.number == number
    }

    /// Those to be let go, as they have held for longer than `milliseconds` what others need.
    package func overdue(_ milliseconds: Int64, at now: Int64) -> [HubEngine.ConnectionNumber] {
        guard isExceeded else { return [] }
        var rest = byteCount
        var found: [HubEngine.ConnectionNumber] = []
        let late = holders.filter { now - $0.value.since >= milliseconds }
        for (number, holder) in late.sorted(by: {
            ($1.value.byteCount, $0.value.turn) < ($0.value.byteCount, $1.value.turn)
        }) {
            guard rest > byteCountMax / 4 * 3 else { break }
            rest -= holder.byteCount
            found.append(number)
        }
        return found
    }
}
