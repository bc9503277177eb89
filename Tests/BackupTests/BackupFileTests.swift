import Backup
import Foundation
import TestSupport
import Testing

/// The container, without a library in it.
@Suite("Files of backups")
struct BackupFileTests {
    let folder: TemporaryFolder
    private let manifest = BackupManifest(kind: .hub, timeMilliseconds: 1234, program: "0.1.0")

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func make(
        _ name: String,
        _ contents: [[UInt8]],
        replacing: Bool = false
    ) throws -> String {
        let path = folder.file(name)
        var writer = try BackupWriter(path: path, manifest: manifest, replacing: replacing)
        for (index, bytes) in contents.enumerated() {
            try writer.add(bytes, kind: .claim, name: "claim-\(index)")
        }
        try writer.finish()
        return path
    }

    /// The contents of all files, each of which was read into `out`.
    private func read(_ path: String) throws -> [[UInt8]] {
        var reader = try BackupReader(path)
        let files = try reader.extract { folder.file("out-\($0.name)") }
        return try files.map { file in
            let url = URL(filePath: folder.file("out-\(file.name)"))
            defer { try? FileManager.default.removeItem(at: url) }
            return Array(try Data(contentsOf: url))
        }
    }

    private func outputs() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("out") }
    }

    @Test func giveBackWhatWentIn() throws {
        var random = SeededRandom(seed: 1)
        // Nothing, a byte, a piece exactly, more than a piece, and what does not get smaller.
        let contents = [
            [], [7], [UInt8](repeating: 1, count: 1 << 20), [UInt8](repeating: 2, count: 2_500_000),
            random.bytes(1_200_000),
        ]
        let path = try make("all.galley-backup", contents)
        #expect(try read(path) == contents)
        let reader = try BackupReader(path)
        #expect(reader.manifest == manifest)
    }

    @Test func canBeReadByTheirOwnerAlone() throws {
        let path = try make("a.galley-backup", [[1]])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func areNotWrittenOverWithoutBeingTold() throws {
        let path = try make("a.galley-backup", [[1]])
        #expect(throws: (any Error).self) { try make("a.galley-backup", [[2]]) }
        #expect(try read(path) == [[1]])
        try make("a.galley-backup", [[2]], replacing: true)
        #expect(try read(path) == [[2]])
    }

    @Test func leaveNothingWhereTheyAreNotFinished() throws {
        do {
            var writer = try BackupWriter(
                path: folder.file("half"),
                manifest: manifest,
                replacing: false
            )
            try writer.add([1, 2, 3], kind: .claim, name: "c")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func areRefusedWhereverTheyEndEarly() throws {
        let path = try make("a.galley-backup", [[1, 2, 3], [UInt8](repeating: 9, count: 400)])
        let whole = try Data(contentsOf: URL(filePath: path))
        let cut = folder.file("cut")
        for count in 0..<whole.count {
            try whole.prefix(count).write(to: URL(filePath: cut))
            #expect(throws: BackupError.self, "\(count) bytes") { try read(cut) }
        }
        // A file that was whole before the damage may have been written, none that was not.
        #expect(try outputs().allSatisfy { $0 == "out-claim-0" || $0 == "out-claim-1" })
        try (whole + [0]).write(to: URL(filePath: cut))
        #expect(throws: BackupError.self) { try read(cut) }
    }

    @Test func areRefusedWithAnyBitTurned() throws {
        let path = try make("a.galley-backup", [[1, 2, 3], [UInt8](repeating: 9, count: 400)])
        let whole = Array(try Data(contentsOf: URL(filePath: path)))
        let turned = folder.file("turned")
        for index in whole.indices {
            for bit in [0, 3, 7] {
                var bytes = whole
                bytes[index] ^= 1 << bit
                try Data(bytes).write(to: URL(filePath: turned))
                do {
                    _ = try read(turned)
                    Issue.record("bit \(bit) of byte \(index)")
                } catch let error as BackupError {
                    #expect(error.message.contains("byte ") || index < 16)
                }
            }
        }
    }

    @Test func areNotTakenForSomethingElse() throws {
        let path = folder.file("other")
        try Data("SQLite format 3\0".utf8).write(to: URL(filePath: path))
        var code: BackupError.Code?
        do { _ = try BackupReader(path) } catch { code = (error as? BackupError)?.code }
        #expect(code == .notABackup)
        try Data("galley-backup/7\n".utf8).write(to: URL(filePath: path))
        do { _ = try BackupReader(path) } catch { code = (error as? BackupError)?.code }
        #expect(code == .newerVersion)
    }
}
