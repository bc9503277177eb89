/// What a library accepts at most.
///
/// Each is refused with a clear error, before memory is taken.
public enum Limits {
    /// Bytes of a change set's header.
    public static let headerSizeMax = 16 * 1024
    /// Bytes of a change set's body before compression.
    public static let bodySizeMax = 4 * 1024 * 1024
    /// Operations in a change set.
    public static let operationCountMax = 10_000
    /// Articles a change set touches.
    public static let articleCountMax = 256
    /// Dependencies a change set names.
    public static let dependencyCountMax = 64
    /// Scalars of one text where it is made (import, edit); merged texts may be longer.
    public static let textScalarCountMax = 4 * 1024 * 1024
}
