import Foundation

/// The program `galley-simulate`, which lies beside the tests.
///
/// Simulations of many seeds run in a process of their own: most of them sign with a stand-in,
/// which holds for a whole process.
enum SimulateProgram {
    struct Ended {
        let code: Int32
        let output: String

        /// The rest of the line that begins with `name` and a tab.
        func value(_ name: String) -> String? {
            output.split(separator: "\n").first { $0.hasPrefix(name + "\t") }
                .map { String($0.dropFirst(name.count + 1)) }
        }
    }

    static func run(_ words: String...) throws -> Ended {
        let process = Process()
        process.executableURL = folder.appending(path: "galley-simulate")
        process.arguments = words
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Ended(
            code: process.terminationStatus,
            output: String(decoding: data, as: UTF8.self)
        )
    }

    /// Where the build put the program: beside the tests.
    private static var folder: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }
}
