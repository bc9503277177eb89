/// What the membership log accepts at most.
public enum MemberLimits {
    /// Bytes of a record's content.
    public static let recordSizeMax = 16 * 1024
    /// Bytes of a receipt's content.
    public static let receiptSizeMax = 128
    /// Bytes of the name of a library, user or device, in UTF-8.
    public static let nameSizeMax = 200
    /// Bytes of a hub's address.
    public static let addressSizeMax = 300
    /// Keys a hub may have at a time.
    public static let hubKeyCountMax = 8
    /// Times an invitation may be used.
    public static let useCountMax: UInt64 = 10_000
    /// Letters of an invitation's text.
    public static let invitationSizeMax = 4096
}

/// Checks a name that people gave: not empty, not long, nothing that acts on a terminal.
func checkName(
    _ name: String,
    of what: String,
    sizeMax: Int = MemberLimits.nameSizeMax
) throws(MembershipError) {
    guard !name.isEmpty, name.utf8.count <= sizeMax else {
        throw MembershipError(
            .invalidName,
            "The name of a \(what) has 1 to \(sizeMax) bytes, not \(name.utf8.count)."
        )
    }
    let hasControls = name.unicodeScalars.contains {
        $0.value < 0x20 || (0x7f..<0xa0).contains($0.value)
    }
    guard !hasControls else {
        throw MembershipError(.invalidName, "The name of a \(what) has control characters in it.")
    }
}
