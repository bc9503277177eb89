import Files
import TestSupport
import Testing

@Suite struct `A lock on a file` {
    @Test func `is held by one at a time and free again when let go`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("lock")
        do {
            let lock = try FileLock.ifFree(path)
            let wasFree = isHeld(lock)
            #expect(wasFree)
            #expect(try isFree(path) == false)
            extendLife(of: lock)
        }
        #expect(try isFree(path))
        let again = try FileLock(path)
        #expect(try isFree(path) == false)
        extendLife(of: again)
    }

    private func isFree(_ path: String) throws -> Bool {
        let lock = try FileLock.ifFree(path)
        return isHeld(lock)
    }

    private func isHeld(_ lock: borrowing FileLock?) -> Bool {
        switch lock {
        case .some: true
        case .none: false
        }
    }

    private func extendLife<Value: ~Copyable>(of value: borrowing Value) {}

    @Test func `removing says whether the file was there`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.create([1], at: folder.file("a"))
        try FileSystem.create([2], at: folder.file("b"))
        try FileSystem.rename(folder.file("a"), to: folder.file("b"))
        #expect(try FileSystem.read(folder.file("b"), limit: 10) == [1])
        #expect(try FileSystem.remove(folder.file("b")))
        #expect(try !FileSystem.remove(folder.file("b")))
        #expect(throws: FileError.self) {
            try FileSystem.rename(folder.file("a"), to: folder.file("c"))
        }
    }
}
