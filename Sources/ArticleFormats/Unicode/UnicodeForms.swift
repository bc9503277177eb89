import CUtf8proc

/// Normal forms, folding and display widths of text, by utf8proc.
///
/// Every call of the C library is in this file.
public enum UnicodeForms {
    /// `text` in NFC; what is stored of imports, tags and titles.
    public static func composed(_ text: String) -> String {
        if isASCII(text) { return text }
        return mapped(text, UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue)
    }

    /// A key under which texts that look alike are equal: NFKC, case folded.
    public static func folded(_ text: String) -> String {
        if isASCII(text) { return text.lowercased() }
        return mapped(
            text,
            UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue | UTF8PROC_COMPAT.rawValue
                | UTF8PROC_CASEFOLD.rawValue
        )
    }

    /// How many columns of a terminal a scalar takes: 0, 1 or 2.
    public static func columns(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return scalar.value < 0x20 || scalar.value == 0x7F ? 0 : 1 }
        return max(0, Int(utf8proc_charwidth(utf8proc_int32_t(bitPattern: scalar.value))))
    }

    /// How many columns of a terminal `text` takes.
    public static func columns(of text: String) -> Int {
        // Most of what is printed is plain ASCII; a list of a thousand lines is felt.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
    }

    private static func isASCII(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0x80 }
    }

    /// `text` mapped as `options` say; itself where the library refuses, which well-formed text
    /// within our limits gives no cause for.
    private static func mapped(_ text: String, _ options: UInt32) -> String {
        let bytes = Array(text.utf8)
        var result: UnsafeMutablePointer<utf8proc_uint8_t>?
        let count = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe utf8proc_map(
                buffer.baseAddress,
                utf8proc_ssize_t(buffer.count),
                &result,
                utf8proc_option_t(options)
            )
        }
        guard let mapped = unsafe result else { return text }
        defer { unsafe free(mapped) }
        guard count >= 0 else { return text }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: mapped, count: Int(count)),
            as: UTF8.self
        )
    }
}
