import ArticleModel
import Foundation
import Membership
import ReplicaStore
import TestSupport
import Testing

/// What people are told of chains that forked, and of what waits.
@Suite("Forks on the command line")
struct ForkCommandTests {
    private let terminal: Terminal
    private let twin: Terminal
    private let id: String

    init() throws {
        terminal = try Terminal()
        id = try terminal.makeLibrary()
        twin = try Terminal()
        // A clone of the machine, its state folder included.
        for name in ["data", "state"] {
            try FileManager.default.copyItem(
                atPath: terminal.folder.file(name),
                toPath: twin.folder.file(name)
            )
        }
    }

    /// Takes all of the twin's entries, as by a sync.
    private func meet() throws {
        let ours = try Replica(opening: terminal.libraryPath)
        let theirs = try Replica(opening: twin.libraryPath)
        let entries = try theirs.entries(sizeMax: .max).map {
            IncomingEntry($0.signed, body: $0.body)
        }
        let peer = try #require(try ours.membership().devices.first).key
        let report = try ours.receive(entries, from: peer, verifying: .all)
        #expect(report.firstRefusal == nil)
    }

    @Test("are counted, shown, proven and exported")
    func wholeWay() throws {
        #expect(terminal.run("set", id, "mood=calm").exit == 0)
        #expect(terminal.run("status").output.contains("forked") == false)
        #expect(terminal.run("verify", "--forks").output == "No chain has forked.\n")
        #expect(twin.run("set", id, "mood=wild").exit == 0)
        try meet()

        let status = terminal.run("status")
        #expect(status.output.contains("ada/laptop signed two change sets numbered 3"))
        #expect(status.messages.contains("galley verify --forks"))
        #expect(try terminal.run("status", "--json").json()["forks"] as? Int == 1)
        let verified = terminal.run("verify")
        #expect(verified.exit == 0)
        #expect(verified.output.contains("forked: chain"))

        let path = terminal.folder.file("proof")
        let shown = terminal.run("verify", "--forks", "-o", path)
        #expect(shown.exit == 0)
        #expect(shown.output.contains("2 branches, up to numbers 3, 3; all of them count"))
        let json = try terminal.run("verify", "--forks", "--json").json()
        let forks = try #require(json["forks"] as? [[String: Any]])
        #expect(forks.count == 1)
        #expect((forks.first?["entries"] as? [Any])?.count == 2)
        let hex = try #require(forks.first?["proof"] as? String)
        let proof = try ForkProof(decoding: try #require([UInt8](hexadecimal: hex)))
        #expect(proof.sequence == 3)

        // Anybody in the library can check it, who has not seen the fork.
        let checked = twin.run("verify", "--proof", path)
        #expect(checked.exit == 0)
        #expect(checked.output.contains("holds: ada/laptop signed both"))
        #expect(try twin.run("verify", "--proof", path, "--json").json()["proofs"] != nil)

        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        bytes[bytes.count - 1] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        let refused = twin.run("verify", "--proof", path)
        #expect(refused.exit == 7)
        #expect(refused.messages.contains("proves nothing"))
    }

    @Test("both values stay, as a conflict, and the next edit is on a new chain")
    func bothCount() throws {
        terminal.run("set", id, "mood=calm")
        twin.run("set", id, "mood=wild")
        try meet()
        #expect(terminal.run("status").output.contains("1 conflict"))
        let before = try terminal.run("verify", "--json").json()["chains"] as? Int
        #expect(terminal.run("tag", id, "+both").exit == 0)
        let after = try terminal.run("verify", "--json").json()
        #expect(before == 1)
        #expect(after["chains"] as? Int == 2)
        #expect(after["good"] as? Bool == true)
    }

    @Test("what a hub does not take is listed with its words")
    func refused() throws {
        terminal.run("set", id, "mood=calm")
        let replica = try Replica(opening: terminal.libraryPath)
        let head = try #require(try replica.ownHead())
        let hub = try #require(try replica.membership().devices.first).key
        try replica.noteRefusal(
            ofChain: head.chain,
            at: head.sequence,
            by: hub,
            code: 5,
            text: "A reader may not edit."
        )
        let status = terminal.run("status")
        #expect(status.output.contains("1 change set that the hub does not get"))
        #expect(status.output.contains("A reader may not edit."))
        let json = try terminal.run("status", "--json").json()
        #expect(json["held_back"] as? Int == 1)
        let refused = try #require(json["refused"] as? [[String: Any]])
        #expect(refused.first?["message"] as? String == "A reader may not edit.")
    }
}
