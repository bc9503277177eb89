/// Something that must never happen, and did.
public struct Violation: Error, Sendable, CustomStringConvertible {
    /// What happened.
    public let description: String

    init(_ description: String) { self.description = description }
}
