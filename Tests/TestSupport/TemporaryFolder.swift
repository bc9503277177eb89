import Foundation

/// A folder of a test's own, gone with the value.
public final class TemporaryFolder: Sendable {
    /// Its path.
    public let path: String

    /// Makes an empty folder.
    public init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "galley-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        // What is left over lies in the system's temporary folder, which is emptied anyway.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` in it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }
}
