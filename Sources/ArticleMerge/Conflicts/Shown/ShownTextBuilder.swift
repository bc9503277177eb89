internal import ArticleModel

/// Puts the segments of a shown text together.
struct ShownTextBuilder {
    private(set) var segments: [ShownText.Segment] = []
    private(set) var shownCount = 0

    /// Goes on with characters of both texts.
    mutating func addBoth(_ places: [PlaceRange]) {
        let count = places.placeCount
        add(.both, count)
    }

    /// Goes on with what is shown in a hull and what the merged text has there.
    mutating func add(shown: [PlaceRange], raw: [PlaceRange]) {
        var (one, two) = (0, 0)
        var next = min(shown.first?.first ?? .max, raw.first?.first ?? .max)
        while one < shown.count || two < raw.count {
            let isShown = one < shown.count && shown[one].first <= next
            let isRaw = two < raw.count && raw[two].first <= next
            // Up to where something begins or ends.
            var end = Int32.max
            if one < shown.count {
                end = min(end, isShown ? shown[one].last + 1 : shown[one].first)
            }
            if two < raw.count { end = min(end, isRaw ? raw[two].last + 1 : raw[two].first) }
            switch (isShown, isRaw) {
            case (true, true): add(.both, Int(end - next))
            case (true, false): add(.shown, Int(end - next))
            case (false, true): add(.raw, Int(end - next))
            case (false, false): break
            }
            next = end
            if one < shown.count, shown[one].last < next { one += 1 }
            if two < raw.count, raw[two].last < next { two += 1 }
        }
    }

    private mutating func add(_ kind: ShownText.Segment.Kind, _ count: Int) {
        guard count > 0 else { return }
        if segments.last?.kind == kind {
            segments[segments.count - 1].count += count
        } else {
            segments.append(.init(kind, count: count))
        }
        if kind != .raw { shownCount += count }
    }
}

extension ShownText {
    /// A text that is shown as it was merged.
    init(merged text: ScalarText) {
        self.text = text
        let count = text.scalarCount
        segments = count > 0 ? [.init(.both, count: count)] : []
        conflicts = []
        agreed = []
    }
}
