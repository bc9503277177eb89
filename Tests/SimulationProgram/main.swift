import Foundation

do {
    let request = try Request(CommandLine.arguments.dropFirst())
    exit(Program(request).run() ? 0 : 1)
} catch {
    FileHandle.standardError.write(Data("galley-simulate: \(error)\n".utf8))
    exit(2)
}
