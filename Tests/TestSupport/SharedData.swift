public import Foundation

/// Large test data that is kept beside the repository instead of in it.
///
/// Looked for in the folder that the environment variable `GALLEY_SHARED` names, otherwise in a
/// folder `shared` beside the package. Tests that need it skip where it is absent:
/// `@Test(.enabled(if: SharedData.url("traces") != nil, "\(SharedData.absence)"))`.
public enum SharedData {
    /// What a test says that skips because the data is absent.
    public static let absence =
        "needs the shared test data: put it beside the package, or name it in GALLEY_SHARED"

    /// The file or folder at `path` below the data's folder, or nil where it is absent.
    public static func url(_ path: String) -> URL? {
        guard let root else { return nil }
        let url = root.appendingPathComponent(path)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }

    /// The bytes of a file, unpacked where its name ends in `.gz`.
    public static func contents(_ path: String) throws -> Data {
        guard let url = url(path) else { throw CocoaError(.fileNoSuchFile) }
        return try url.pathExtension == "gz" ? unpacked(url) : Data(contentsOf: url)
    }

    /// The bytes a gzip file unpacks to, by the system's `gzip`.
    private static func unpacked(_ url: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", url.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
        return data
    }

    private static let root: URL? = {
        let named = ProcessInfo.processInfo.environment["GALLEY_SHARED"].map {
            URL(fileURLWithPath: $0)
        }
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let beside = package.deletingLastPathComponent().appendingPathComponent("shared")
        return [named, beside].compactMap { $0 }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()
}
