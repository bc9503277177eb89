/// The texts of an article that several people can edit at once.
public enum TextField: UInt8, CaseIterable, Hashable, Comparable, Sendable {
    /// The summary: one point a line.
    case summary = 0
    /// The body: Markdown, paragraphs parted by a blank line.
    case body = 1

    /// Orders by the stored number.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
