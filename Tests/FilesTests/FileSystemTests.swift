import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileSystemTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatIsWrittenIsRead() throws {
        let path = folder.file("a")
        for size in [0, 1, 300_000, 5] {
            let bytes = [UInt8](repeating: 7, count: size)
            try FileSystem.write(bytes, to: path)
            #expect(try FileSystem.read(path, limit: 300_000) == bytes)
        }
        #expect(try FileSystem.names(in: folder.path) == ["a"], "no draft is left behind")
    }

    @Test func aDeviceIsWrittenToAndNotReplaced() throws {
        try FileSystem.write([1], to: "/dev/null")
        #expect(try FileSystem.read("/dev/null", limit: 1) == [])
        let error = #expect(throws: FileError.self) {
            try FileSystem.write([1], to: "/dev/full")
        }
        #expect(error?.code == .full)
        #expect(throws: FileError.self) { try FileSystem.write([1], to: folder.path) }
    }

    @Test func aFileOverTheLimitIsRefused() throws {
        let path = folder.file("a")
        try FileSystem.write([1, 2, 3], to: path)
        #expect(try FileSystem.read(path, limit: 3).count == 3)
        let error = #expect(throws: FileError.self) { try FileSystem.read(path, limit: 2) }
        #expect(error?.code == .tooLarge)
    }

    @Test func aMissingFileSaysSo() throws {
        let error = #expect(throws: FileError.self) {
            try FileSystem.read(folder.file("none"), limit: 1)
        }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("none") == true)
        #expect(throws: FileError.self) { try FileSystem.names(in: folder.file("none")) }
        try FileSystem.remove(folder.file("none"))
    }

    @Test func creatingTouchesNobodysFile() throws {
        let path = folder.file("key")
        try FileSystem.create([1], at: path)
        #expect(FileSystem.permissions(of: path) == 0o600)
        let error = #expect(throws: FileError.self) { try FileSystem.create([2], at: path) }
        #expect(error?.code == .exists)
        #expect(try FileSystem.read(path, limit: 9) == [1])
    }

    @Test func foldersAreMadeWithThoseAboveThem() throws {
        let path = folder.file("a/b/c")
        try FileSystem.makeFolder(path)
        try FileSystem.makeFolder(path)
        #expect(FileSystem.isFolder(path))
        #expect(FileSystem.permissions(of: path) == 0o700)
        try FileSystem.write([1], to: folder.file("file"))
        #expect(throws: FileError.self) { try FileSystem.makeFolder(folder.file("file/x")) }
    }

    @Test func pathsFallIntoFolderAndName() {
        #expect(FileSystem.folder(of: "/a/b") == "/a")
        #expect(FileSystem.folder(of: "/a") == "/")
        #expect(FileSystem.folder(of: "a") == ".")
        #expect(FileSystem.name(of: "/a/b.txt") == "b.txt")
    }

    @Test func aSecondHolderOfALockWaits() throws {
        let path = folder.file("lock")
        let held = try FileLock(path)
        let script = "flock -n '\(path)' true"
        #expect(try Surroundings.run(["sh", "-c", script]) == 1)
        _ = consume held
        #expect(try Surroundings.run(["sh", "-c", script]) == 0)
    }
}

@Suite struct SurroundingsTests {
    @Test func aProgramsEndIsSeen() throws {
        #expect(try Surroundings.run(["sh", "-c", "exit 3"]) == 3)
        #expect(try Surroundings.run(["sh", "-c", "kill -KILL $$"]) == 128 + 9)
        #expect(throws: FileError.self) { try Surroundings.run(["no-such-program-anywhere"]) }
    }

    @Test func theVariablesAreThere() {
        #expect(Surroundings.variables["PATH"] == ProcessInfo.processInfo.environment["PATH"])
    }
}
