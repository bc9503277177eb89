/// Well-formed UTF-8 with a gap where it was altered last, addressed by scalars.
///
/// People edit near where they edited, so little has to be moved. Its owner frees it.
///
/// Invariants:
/// 1. `gapStart <= gapEnd <= capacity`; text lies before and after the gap.
/// 2. `scalarsBefore` scalars begin before the gap, `scalarCount` in all.
/// 3. The gap never stands inside of a scalar.
@safe struct GapBuffer: BitwiseCopyable {
    private var base: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    private var gapStart = 0
    private var gapEnd: Int
    private var scalarsBefore = 0
    private(set) var scalarCount = 0

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        gapEnd = self.capacity
        unsafe base = UnsafeMutablePointer.allocate(capacity: self.capacity)
    }

    /// To be called once, by the owner; nothing else may be after that.
    func free() { unsafe base.deallocate() }

    /// The number of bytes.
    var count: Int { capacity - (gapEnd - gapStart) }

    /// Inserts `scalars` scalars, the bytes `range` of `source`, at the scalar `position`.
    mutating func insert(
        _ source: borrowing Span<UInt8>,
        _ range: Range<Int>,
        scalars: Int,
        at position: Int
    ) {
        precondition(position >= 0 && position <= scalarCount)
        precondition(range.lowerBound >= 0 && range.upperBound <= source.count)
        moveGap(toScalar: position)
        if gapEnd - gapStart < range.count { grow(by: range.count) }
        let target = unsafe base + gapStart
        unsafe source.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            unsafe target.update(from: start + range.lowerBound, count: range.count)
        }
        gapStart += range.count
        scalarsBefore += scalars
        scalarCount += scalars
    }

    /// Deletes `count` scalars from the scalar `position` on.
    mutating func delete(at position: Int, count: Int) {
        precondition(position >= 0 && count >= 0 && count <= scalarCount - position)
        if position + count <= scalarsBefore {
            // Taken from behind, as by the backspace key.
            moveGap(toScalar: position + count)
            gapStart = byte(ofScalar: position)
            scalarsBefore = position
        } else {
            if position > scalarsBefore { moveGap(toScalar: position) }
            // The gap stands in what goes or at its start: it takes in both sides.
            let start = byte(ofScalar: position)
            let end = byte(ofScalar: position + count)
            gapEnd += end - gapStart
            gapStart = start
            scalarsBefore = position
        }
        scalarCount -= count
    }

    /// Appends the text to `bytes`.
    func append(to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: base, count: gapStart))
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: base + gapEnd, count: capacity - gapEnd)
        )
    }

    /// Takes the scalars from `position` on out into another buffer.
    mutating func splitOff(from position: Int) -> GapBuffer {
        moveGap(toScalar: position)
        let length = capacity - gapEnd
        var rest = GapBuffer(capacity: length + max(1_024, length / 4))
        unsafe rest.base.update(from: base + gapEnd, count: length)
        rest.gapStart = length
        rest.scalarCount = scalarCount - position
        rest.scalarsBefore = rest.scalarCount
        gapEnd = capacity
        scalarCount = position
        return rest
    }

    /// Gives back memory where more than half of it is the gap.
    mutating func shrink() {
        guard count < capacity / 2 else { return }
        resize(to: count + max(1_024, count / 4))
    }

    private mutating func grow(by needed: Int) {
        resize(to: count + needed + max(64, (count + needed) / 4))
    }

    private mutating func resize(to wanted: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        let behind = capacity - gapEnd
        unsafe larger.update(from: base, count: gapStart)
        unsafe (larger + wanted - behind).update(from: base + gapEnd, count: behind)
        unsafe base.deallocate()
        unsafe base = larger
        gapEnd = wanted - behind
        capacity = wanted
    }

    /// The byte, counted without the gap, at which a scalar begins.
    private func byte(ofScalar position: Int) -> Int {
        let count = count
        if scalarCount == count { return position }
        if position == scalarsBefore { return gapStart }
        if position == scalarCount { return count }
        if position < scalarsBefore {
            return position < scalarsBefore / 2
                ? forward(from: 0, position, end: gapStart)
                : backward(from: gapStart, scalarsBefore - position)
        }
        let rest = scalarCount - position
        let passed = position - scalarsBefore
        let gap = gapEnd - gapStart
        return passed < rest
            ? forward(from: gapEnd, passed, end: capacity) - gap
            : backward(from: capacity, rest) - gap
    }

    /// The byte in memory where the scalar begins that comes `scalars` after the one at `start`.
    private func forward(from start: Int, _ scalars: Int, end: Int) -> Int {
        var left = scalars
        var byte = start
        while byte + 64 <= end {
            var begun = 0
            for index in byte..<byte + 64 where unsafe base[index] & 0xC0 != 0x80 { begun += 1 }
            if begun > left { break }
            left -= begun
            byte += 64
        }
        while byte < end {
            if unsafe base[byte] & 0xC0 != 0x80 {
                if left == 0 { return byte }
                left -= 1
            }
            byte += 1
        }
        return byte
    }

    /// The byte in memory where the scalar begins that comes `scalars`, at least 1, before `end`.
    private func backward(from end: Int, _ scalars: Int) -> Int {
        var left = scalars
        var byte = end
        while byte >= 64 {
            var begun = 0
            for index in byte - 64..<byte where unsafe base[index] & 0xC0 != 0x80 { begun += 1 }
            if begun >= left { break }
            left -= begun
            byte -= 64
        }
        while byte > 0 {
            byte -= 1
            if unsafe base[byte] & 0xC0 != 0x80 {
                left -= 1
                if left == 0 { return byte }
            }
        }
        return byte
    }

    private mutating func moveGap(toScalar position: Int) {
        guard position != scalarsBefore else { return }
        let byte = byte(ofScalar: position)
        if byte < gapStart {
            let moved = gapStart - byte
            unsafe (base + gapEnd - moved).update(from: base + byte, count: moved)
            gapEnd -= moved
        } else {
            let moved = byte - gapStart
            unsafe (base + gapStart).update(from: base + gapEnd, count: moved)
            gapEnd += moved
        }
        gapStart = byte
        scalarsBefore = position
    }
}
