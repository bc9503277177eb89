/// How words stand out on a terminal.
///
/// Nothing may depend on it alone: what matters is said in words or signs too.
public struct Style: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt16

    /// A style of bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Heavier.
    public static let bold = Style(rawValue: 1 << 0)
    /// Fainter.
    public static let dim = Style(rawValue: 1 << 1)
    /// Slanted.
    public static let italic = Style(rawValue: 1 << 2)
    /// Underlined.
    public static let underline = Style(rawValue: 1 << 3)
    /// Background and letters swapped.
    public static let inverse = Style(rawValue: 1 << 4)
    /// Struck through.
    public static let strike = Style(rawValue: 1 << 5)
    /// Red.
    public static let red = Style(rawValue: 1 << 6)
    /// Green.
    public static let green = Style(rawValue: 1 << 7)
    /// Yellow.
    public static let yellow = Style(rawValue: 1 << 8)
    /// Blue.
    public static let blue = Style(rawValue: 1 << 9)
    /// Magenta.
    public static let magenta = Style(rawValue: 1 << 10)
    /// Cyan.
    public static let cyan = Style(rawValue: 1 << 11)

    /// What was taken out.
    public static let removed: Style = [.red, .strike]
    /// What came in.
    public static let added: Style = [.green, .underline]
    /// The id of a change, a note or an article.
    public static let handle: Style = .yellow
    /// A person and their device.
    public static let person: Style = .cyan

    private static let codes: [(Style, String)] = [
        (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.inverse, "7"),
        (.strike, "9"), (.red, "31"), (.green, "32"), (.yellow, "33"), (.blue, "34"),
        (.magenta, "35"), (.cyan, "36"),
    ]

    /// The escape sequence that begins the style (ECMA-48: SGR); empty for plain.
    var sequence: String {
        guard !isEmpty else { return "" }
        let codes = Self.codes.filter { contains($0.0) }.map(\.1)
        return "\u{1B}[" + codes.joined(separator: ";") + "m"
    }

    /// The escape sequence that ends all styles.
    static let end = "\u{1B}[0m"
}
