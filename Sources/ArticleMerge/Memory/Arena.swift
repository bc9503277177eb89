/// Plain values in one growing block of memory, known by their index.
///
/// What an array is without reference counts, copies on write and hidden growth: the trees of the
/// merge link their nodes by index. Every access is checked.
@safe struct Arena<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    /// The number of elements.
    private(set) var count = 0

    init(capacity: Int = 16) {
        self.capacity = max(1, capacity)
        unsafe base = UnsafeMutablePointer.allocate(capacity: self.capacity)
    }

    deinit { unsafe base.deallocate() }

    /// The bytes that are allocated.
    var byteCount: Int { capacity * MemoryLayout<Element>.stride }

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count)
            return unsafe base[index]
        }
        _modify {
            precondition(index >= 0 && index < count)
            yield unsafe &base[index]
        }
    }

    /// Adds an element at the end and gives its index.
    @discardableResult
    @inline(__always)
    mutating func append(_ element: Element) -> Int {
        if count == capacity { grow(to: count + 1) }
        unsafe (base + count).initialize(to: element)
        count += 1
        return count - 1
    }

    /// Adds `number` equal elements at the end and gives the index of the first.
    mutating func append(repeating element: Element, count number: Int) -> Int {
        precondition(number >= 0)
        if count + number > capacity { grow(to: count + number) }
        unsafe (base + count).initialize(repeating: element, count: number)
        count += number
        return count - number
    }

    /// Copies `number` elements from `source` on to `target` on; both may overlap.
    @inline(__always)
    mutating func move(from source: Int, to target: Int, count number: Int) {
        precondition(number >= 0 && source >= 0 && target >= 0)
        precondition(source + number <= count && target + number <= count)
        unsafe (base + target).update(from: base + source, count: number)
    }

    /// Puts an element before the one at `index`.
    mutating func insert(_ element: Element, at index: Int) {
        precondition(index >= 0 && index <= count)
        append(element)
        unsafe (base + index + 1).update(from: base + index, count: count - 1 - index)
        unsafe base[index] = element
    }

    /// Copies `number` elements of another arena from `source` on to `target` on.
    mutating func copy(
        from other: borrowing Arena,
        _ source: Int,
        to target: Int,
        count number: Int
    ) {
        precondition(number >= 0 && source >= 0 && target >= 0)
        precondition(source + number <= other.count && target + number <= count)
        unsafe (base + target).update(from: other.base + source, count: number)
    }

    /// Sets `number` elements from `start` on.
    mutating func fill(from start: Int, count number: Int, with element: Element) {
        precondition(start >= 0 && number >= 0 && start + number <= count)
        unsafe (base + start).update(repeating: element, count: number)
    }

    /// Forgets all elements and keeps the memory.
    mutating func removeAll() { count = 0 }

    /// Forgets all but the first `number` elements.
    mutating func keep(_ number: Int) {
        precondition(number >= 0 && number <= count)
        count = number
    }

    /// Forgets the last `number` elements.
    mutating func removeLast(_ number: Int) {
        precondition(number >= 0 && number <= count)
        count -= number
    }

    private mutating func grow(to needed: Int) {
        let wanted = max(needed, capacity * 2)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
        unsafe larger.moveInitialize(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = larger
        capacity = wanted
    }
}

extension Arena where Element == UInt32 {
    /// The place, counted from `start` on, of the first of `number` elements there that is `wanted`.
    @inline(__always)
    func offset(of wanted: UInt32, from start: Int, count number: Int) -> Int? {
        precondition(start >= 0 && number >= 0 && start + number <= count)
        for offset in 0..<number where unsafe base[start + offset] == wanted { return offset }
        return nil
    }
}
