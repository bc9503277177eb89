public import ArticleModel

/// Something that has one value, or several where people set it at the same time.
///
/// A value goes when a change that knew it sets another. Never empty.
public struct Register<Value: Hashable & Sendable>: Hashable, Sendable {
    /// A value and the change that set it.
    public struct Entry: Hashable, Sendable {
        /// The value.
        public let value: Value
        /// Which change set it, and when.
        public let stamp: Stamp

        /// Says that the change of `stamp` set `value`.
        public init(value: Value, stamp: Stamp) {
            self.value = value
            self.stamp = stamp
        }
    }

    /// The values that none has taken the place of, latest stamp first.
    public private(set) var entries: [Entry]

    /// A register of one value.
    public init(_ value: Value, stamp: Stamp) {
        entries = [Entry(value: value, stamp: stamp)]
    }

    /// A register of several values; nil for none.
    public init?(entries: [Entry]) {
        guard !entries.isEmpty else { return nil }
        self.entries = entries.sorted { $0.stamp > $1.stamp }
    }

    /// The value to show: the one with the latest stamp.
    public var shown: Value { entries[0].value }

    /// The different values, the shown one first.
    public var values: [Value] {
        var result: [Value] = []
        for entry in entries where !result.contains(entry.value) { result.append(entry.value) }
        return result
    }

    /// Whether people set it to different values at the same time.
    public var isConflicted: Bool { entries.contains { $0.value != shown } }

    mutating func set(_ value: Value, stamp: Stamp, isAncestor: (ChangeID) -> Bool) {
        entries.removeAll { $0.stamp.change == stamp.change || isAncestor($0.stamp.change) }
        let place = entries.firstIndex { $0.stamp < stamp } ?? entries.endIndex
        entries.insert(Entry(value: value, stamp: stamp), at: place)
    }
}

/// A field of an article and its values.
public struct FieldRegister: Hashable, Sendable {
    /// The field.
    public let field: Field
    /// Its values.
    public var register: Register<FieldValue>

    /// A field with its values.
    public init(field: Field, register: Register<FieldValue>) {
        self.field = field
        self.register = register
    }
}
