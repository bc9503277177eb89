/// The versions at which the slots of a walk stand.
struct WalkSlots: ~Copyable {
    /// The heads of a version.
    enum Heads {
        /// The empty version.
        case none
        case one(Int)
        case several([Int])
    }

    struct Slot: BitwiseCopyable {
        /// The only head; -1 for the empty version, -2 for several heads, -3 for those of a node
        /// to come, which are not noted.
        var head: Int
        /// When it was used last.
        var use = 0
        /// How many runs the changes of its version have, and one for each of these, since the walk
        /// began.
        var weight = 0
    }

    private var slots = Arena<Slot>(capacity: 1)
    /// By slot, where there are several heads.
    private var several: [[Int]] = []
    private var clock = 0
    /// The slot walked in.
    private(set) var current = 0

    init() { slots.append(Slot(head: -1)) }

    var count: Int { slots.count }

    var byteCount: Int { slots.byteCount }

    /// Goes back to one slot, which stands at a node, or at the empty version for -1.
    mutating func restart(at head: Int) {
        slots.removeAll()
        slots.append(Slot(head: head))
        current = 0
        if !several.isEmpty { several.removeAll() }
    }

    /// The heads of a slot's version.
    func heads(of slot: Int) -> Heads {
        switch slots[slot].head {
        case -2, -3: .several(slot < several.count ? several[slot] : [])
        case -1: .none
        case let head: .one(head)
        }
    }

    /// The only head of a slot's version; below 0 where there is none or more than one.
    func head(of slot: Int) -> Int { slots[slot].head }

    /// The slot that stands at exactly one node, or at the empty version for -1.
    func slot(at head: Int) -> Int? {
        for slot in 0..<slots.count where slots[slot].head == head { return slot }
        return nil
    }

    /// How much a slot's version weighs.
    func weight(of slot: Int) -> Int { slots[slot].weight }

    /// Makes what is known of a slot known of another one.
    mutating func copy(_ source: Int, to target: Int) { slots[target] = slots[source] }

    /// Goes to a slot.
    mutating func use(_ slot: Int) {
        clock += 1
        current = slot
        slots[slot].use = clock
    }

    /// Says that the slot walked in stands at a node now, and weighs so much more.
    mutating func stand(at head: Int, adding weight: Int) {
        slots[current].head = head
        slots[current].weight += weight
    }

    /// Says that the slot walked in stands at the parents of a node now, which is to follow, and
    /// weighs so much more.
    mutating func standBeforeNode(adding weight: Int) {
        slots[current].head = -3
        slots[current].weight += weight
    }

    /// Says that no node follows at the heads where the slot walked in stands.
    mutating func stay(at heads: [Int]) {
        guard slots[current].head == -3 else { return }
        while several.count <= current { several.append([]) }
        several[current] = heads
        slots[current].head = -2
    }

    /// Takes in the slot that a tracker added.
    mutating func add() { slots.append(Slot(head: -1)) }

    /// The slot not used for longest of those that are so.
    func stalest(where isFit: (Int) -> Bool) -> Int? {
        var result: Int?
        for slot in 0..<slots.count where isFit(slot) {
            if let known = result, slots[known].use <= slots[slot].use { continue }
            result = slot
        }
        return result
    }
}
