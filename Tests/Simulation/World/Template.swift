import ArticleModel
import ReplicaStore

/// The file of an empty replica, made once: copies differ in the library's id alone.
enum Template {
    /// Stands where the library's id goes.
    private static let placeholder = [UInt8]((0..<32).map { 0xA5 ^ UInt8($0 * 7) })

    /// The file's bytes, and where in them the library's id stands.
    private static let made: (bytes: [UInt8], offset: Int) = {
        let fileSystem = SimulatedFileSystem()
        let disk = SimulatedDisk(seed: 0)
        fileSystem.disks["template"] = disk
        do {
            guard let library = LibraryID(placeholder) else { fatalError("no library's id") }
            // Closed at once, so all of it is in one file.
            _ = try Replica(
                creating: "template/empty.db",
                library: library,
                fileSystem: fileSystem.name
            )
        } catch {
            fatalError("an empty replica cannot be made: \(error)")
        }
        guard let bytes = disk.image(of: "empty.db")?.bytes, disk.fileNames == ["empty.db"] else {
            fatalError("an empty replica is in other files than one")
        }
        var offsets: [Int] = []
        for offset in 0...bytes.count - placeholder.count
        where bytes[offset] == placeholder[0] && bytes[offset...].starts(with: placeholder) {
            offsets.append(offset)
        }
        guard let offset = offsets.first, offsets.count == 1 else {
            fatalError("a replica's file holds its library's id \(offsets.count) times")
        }
        return (bytes, offset)
    }()

    private static let image = FileImage(made.bytes)

    /// The file of an empty replica of `library`.
    static func replica(of library: LibraryID) -> FileImage {
        var image = image
        image.overwrite(library.bytes, at: made.offset)
        return image
    }
}
