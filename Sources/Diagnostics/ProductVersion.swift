/// What the programs say of themselves.
public enum ProductVersion {
    /// The version of both programs; they are built and delivered together.
    public static let text = "0.1.0"
}
