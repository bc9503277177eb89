import ArticleModel
import Foundation
import Membership
import ReplicaStore
import SQLite
import TestSupport
import Testing

@Suite("Opening")
struct OpeningTests {
    let library: TestLibrary
    var path: String { library.folder.file("one.db") }

    init() throws { library = try TestLibrary() }

    private func opening() -> ReplicaError.Code? {
        replicaErrorCode { try Replica(opening: path) }
    }

    @Test func aMissingFileIsMissing() {
        #expect(opening() == .missing)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aTextFileIsNoReplica() throws {
        try String(repeating: "no library\n", count: 1_000)
            .write(toFile: path, atomically: true, encoding: .utf8)
        #expect(opening() == .notAReplica)
    }

    @Test func anotherProgramsDatabaseIsNoReplicaAndIsLeftAlone() throws {
        do {
            let database = try Database(path: path, mode: .create)
            try database.execute("CREATE TABLE theirs (value TEXT) STRICT")
        }
        #expect(opening() == .notAReplica)
        #expect(
            replicaErrorCode { try Replica(creating: path, library: library.log.library) }
                == .notAReplica
        )
    }

    @Test func aNewerSchemaIsLeftToANewerGalley() throws {
        _ = try library.makeReplica("one.db")
        do {
            let database = try Database(path: path, mode: .readWrite)
            try database.execute("PRAGMA user_version = 99")
        }
        #expect(opening() == .newerVersion)
    }

    @Test func aReplicaInUseStopsWhenTheSchemaBecomesNewer() throws {
        let replica = try library.makeReplica("one.db")
        let signer = library.makeSigner(library.ownerKey)
        do {
            let database = try Database(path: path, mode: .readWrite)
            try database.execute("PRAGMA user_version = 99")
        }
        #expect(
            replicaErrorCode { try replica.commit([.seed(.test("One"))], as: signer, now: 1) }
                == .newerVersion
        )
        #expect(replicaErrorCode { try replica.articles() } == .newerVersion)
    }

    @Test func aReplicaIsNotMadeTwice() throws {
        _ = try library.makeReplica("one.db")
        #expect(
            replicaErrorCode { try Replica(creating: path, library: library.log.library) }
                == .exists
        )
        #expect(opening() == nil)
    }

    @Test func oneThatWasBeingMadeWhenThePowerFailedCanBeMadeAgain() throws {
        #expect(FileManager.default.createFile(atPath: path, contents: Data()))
        #expect(opening() == .notAReplica)
        #expect(
            replicaErrorCode { try Replica(creating: path, library: library.log.library) } == nil
        )
        #expect(opening() == nil)
    }

    @Test func overwrittenPagesAreReportedAsDamage() throws {
        do {
            let replica = try library.makeReplica("one.db")
            let signer = library.makeSigner(library.ownerKey)
            let seeds = (0..<50).map { [LocalChange.seed(.test("Article \($0)"))] }
            _ = try replica.commit(changeSets: seeds, as: signer, now: 1)
        }
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 8_192)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 8_192))
        try file.close()
        let code = replicaErrorCode {
            let replica = try Replica(opening: path)
            _ = try replica.articles()
            _ = try replica.entries()
        }
        #expect(code == .damaged)
    }

    @Test func aSecondWriterIsToldThatTheReplicaIsBusy() throws {
        let replica = try library.makeReplica("one.db")
        let other = try Database(path: path, mode: .readWrite)
        try other.begin(.immediate)
        let signer = library.makeSigner(library.ownerKey)
        #expect(
            replicaErrorCode { try replica.commit([.seed(.test("One"))], as: signer, now: 1) }
                == .busy
        )
        // Reading never waits for writing.
        #expect(try replica.articles() == [])
        other.rollBack()
        #expect(
            replicaErrorCode { try replica.commit([.seed(.test("One"))], as: signer, now: 1) }
                == nil
        )
    }

    @Test func theMembershipOfAnotherLibraryIsRefused() throws {
        let other = try TestLibrary(seed: 2)
        let replica = try Replica(creating: path, library: library.log.library)
        #expect(
            replicaErrorCode { try replica.appendMembership(other.log.entries) } == .otherLibrary
        )
        #expect(replicaErrorCode { try replica.membership() } == .membership)
        try replica.appendMembership(library.log.entries)
        #expect(try replica.membership().head.sequence == library.log.head.sequence)
    }

    @Test func membershipWrittenByAnotherConnectionIsSeen() throws {
        let replica = try library.makeReplica("one.db")
        #expect(try replica.membership().users.count == 1)
        let second = try Replica(opening: path)
        _ = try library.addUser("Ben", .editor)
        try second.appendMembership(library.log.entries)
        #expect(try replica.membership().users.count == 2)
    }
}
