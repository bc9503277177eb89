/// Text from articles, peers and files as it may be printed to a terminal.
///
/// An escape sequence in an article could recolour the screen, set the window's title or type
/// ahead; bidirectional overrides could make a line read as another. Each such character is shown
/// as its number instead. All that the client prints goes through here.
public enum VisibleText {
    /// `text` on one line: line ends and tabs are shown as blanks.
    public static func line(_ text: String) -> String {
        render(text, keepingLines: false)
    }

    /// `text` with its lines and tabs.
    public static func lines(_ text: String) -> String {
        render(text, keepingLines: true)
    }

    private static func render(_ text: String, keepingLines: Bool) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(text) }
        guard text.unicodeScalars.contains(where: { isControl($0) }) else { return String(text) }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" {
                result.append(keepingLines ? scalar : " ")
            } else if isControl(scalar) {
                result.append(contentsOf: picture(of: scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Whether a scalar can act on a terminal, or on the order of what is around it.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
        case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
        default: false
        }
    }

    private static func picture(of scalar: Unicode.Scalar) -> String {
        // The control pictures of Unicode show the old ones as people know them.
        if scalar.value < 0x20, let picture = Unicode.Scalar(0x2400 + scalar.value) {
            return String(picture)
        }
        if scalar.value == 0x7F { return "\u{2421}" }
        return "<U+\(String(scalar.value, radix: 16, uppercase: true))>"
    }
}
