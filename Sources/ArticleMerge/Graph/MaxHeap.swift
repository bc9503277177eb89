/// A queue of numbers that gives the greatest first.
struct MaxHeap {
    private var numbers: [Int] = []

    var count: Int { numbers.count }

    mutating func push(_ number: Int) {
        numbers.append(number)
        var child = numbers.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard numbers[parent] < numbers[child] else { return }
            numbers.swapAt(parent, child)
            child = parent
        }
    }

    mutating func pop() -> Int? {
        guard let greatest = numbers.first else { return nil }
        let last = numbers.removeLast()
        guard !numbers.isEmpty else { return greatest }
        numbers[0] = last
        var parent = 0
        while true {
            var child = parent * 2 + 1
            guard child < numbers.count else { return greatest }
            if child + 1 < numbers.count, numbers[child + 1] > numbers[child] { child += 1 }
            guard numbers[parent] < numbers[child] else { return greatest }
            numbers.swapAt(parent, child)
            parent = child
        }
    }
}
