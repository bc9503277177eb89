import ArticleMerge
import Glibc

/// What a process grows by when it opens an article, reads its text and makes one edit.
enum MemoryProbe {
    struct NoFile: Error {}

    /// Prints it in kilobytes; the file is a saved article.
    static func run(_ path: String) throws {
        let saved = try bytes(of: path)
        // The engine and the allocator have begun to work.
        var small = TextDocument()
        try small.edit(letter(at: 0), agent: 0, sequence: 0)
        _ = try open(small.encoded())
        let before = residentKilobytes()
        let document = try open(saved)
        // The file was there before, and stays: what the article needs of it is a copy.
        let after = withExtendedLifetime(saved) {
            withExtendedLifetime(document) { residentKilobytes() }
        }
        print(after - before)
    }

    private static func open(_ saved: [UInt8]) throws -> TextDocument {
        let article = try SavedText(decoding: saved)
        let length = article.text.scalarCount
        var document = article.document()
        try document.edit(letter(at: length / 2), agent: .max, sequence: 0)
        return document
    }

    private static func letter(at position: Int) -> TextDocument.Patch {
        TextDocument.Patch(position: position, deletedCount: 0, inserted: "x")
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw NoFile() }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let count = ftell(file)
        rewind(file)
        var bytes = [UInt8](repeating: 0, count: max(0, count))
        guard fread(&bytes, 1, bytes.count, file) == bytes.count else { throw NoFile() }
        return bytes
    }
}
