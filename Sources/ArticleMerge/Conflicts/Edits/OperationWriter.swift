internal import ArticleModel

/// Writes operations with positions of the text as those before them leave it.
///
/// Works from right to left, so that what was written alters no position of what follows.
struct OperationWriter {
    private let field: TextField
    private var text: [PlaceRange]
    var operations: [Operation] = []

    /// Begins with a text of the characters at some places.
    init(field: TextField, _ text: [PlaceRange]) {
        self.field = field
        self.text = text
    }

    /// Deletes characters of the text.
    mutating func delete(_ places: [PlaceRange]) {
        for run in runs(of: places).reversed() {
            operations.append(.delete(field, position: run.position, count: run.count))
        }
        text = text.subtracting(places)
    }

    /// Puts words in the place of characters: right after the first of them, so that they lie in a
    /// mark that begins or ends there; where there are none, after the character at `left`.
    mutating func replace(_ places: [PlaceRange], by words: ScalarText, after left: Int32?) {
        guard let first = places.first?.first else {
            guard !words.isEmpty else { return }
            let position = left.map { PlaceList(text).count(before: $0 + 1) } ?? 0
            operations.append(.insert(field, position: position, text: words))
            return
        }
        guard !words.isEmpty else { return delete(places) }
        let position = PlaceList(text).count(before: first)
        // The first is gone by then.
        let shift = words.scalarCount - 1
        let rest = places.subtracting([PlaceRange(first: first, last: first)])
        operations.append(.insert(field, position: position + 1, text: words))
        operations.append(.delete(field, position: position, count: 1))
        for run in runs(of: rest).reversed() {
            operations.append(.delete(field, position: run.position + shift, count: run.count))
        }
        text = text.subtracting(places)
    }

    /// Characters as runs without another character of the text in between.
    private func runs(of places: [PlaceRange]) -> [(position: Int, count: Int)] {
        let list = PlaceList(text)
        var runs: [(position: Int, count: Int)] = []
        for range in places {
            let position = list.count(before: range.first)
            let count = Int(range.last - range.first) + 1
            if let last = runs.last, last.position + last.count == position {
                runs[runs.count - 1].count += count
            } else {
                runs.append((position, count))
            }
        }
        return runs
    }
}
