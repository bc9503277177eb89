import Foundation
import Testing

/// Two people edit one article without a network, and settle what they cannot both have.
@Suite(.timeLimit(.minutes(2))) struct ConflictStoryTests {
    private static let page = """
        ---
        title: Normal ties
        ---

        The envoy on Tuesday called for normal relations between both capitals.

        The talks went on, and nobody left early.

        """

    /// Makes `old` into `new` in the article's text as it is shown.
    private func edit(_ machine: Machine, _ id: String, _ old: String, _ new: String) throws {
        let text = try machine.succeed("show", id, "--raw").output
        #expect(text.contains(old), "\(text)")
        let edited = text.replacingOccurrences(of: old, with: new)
        try machine.succeed("edit", id, "--from", "-", input: edited)
    }

    private func raw(_ machine: Machine, _ id: String) throws -> String {
        try machine.succeed("show", id, "--raw").output
    }

    private func conflicts(_ machine: Machine) throws -> [[String: Any]] {
        try #require(
            try machine.succeed("conflicts", "--json").json["conflicts"] as? [[String: Any]]
        )
    }

    /// A hub, ada's laptop with an article, and ben's tower that has it too.
    private func withTwo(
        role: String = "editor",
        _ body: (TestHub, Machine, Machine, String) throws -> Void
    ) throws {
        try withScratchFolder { folder in
            let hub = try TestHub(in: folder)
            let laptop = try hub.registeredMachine(in: folder)
            try Data(Self.page.utf8).write(to: laptop.home.appending(path: "page.md"))
            try laptop.succeed("import", laptop.home.appending(path: "page.md").path)
            let list = try laptop.succeed("list", "--json").json["articles"] as? [[String: Any]]
            let id = try #require(list?.first?["id"] as? String)
            try laptop.succeed("sync")
            let tower = try Machine(named: "tower", in: folder)
            try tower.succeed(
                "join",
                try laptop.invitation("--role", role),
                "--device",
                "tower"
            )
            try body(hub, laptop, tower, id)
            try hub.stop()
        }
    }

    @Test func `a conflict is resolved on one machine and gone on the other`() throws {
        try withTwo { hub, laptop, tower, id in
            try edit(laptop, id, "called for normal relations", "urged normal ties")
            try edit(laptop, id, "nobody left", "no one left")
            try edit(tower, id, "called for normal relations", "called for renewed dialogue")
            try edit(tower, id, "The talks", "Their talks")
            try laptop.succeed("sync")
            let received = try tower.succeed("sync")
            #expect(received.output.contains("1 merged by themselves, 1 conflict."))
            let listed = try conflicts(tower)
            let conflict = try #require(listed.first?["short"] as? String)
            #expect(listed.count == 1)
            #expect(received.errors.contains("conflict  \(conflict)"), "\(received.errors)")
            #expect(received.errors.contains("galley conflicts show \(conflict)"))
            #expect(received.errors.contains("review"))
            #expect(try raw(tower, id).contains("Their talks went on, and no one left early."))

            try laptop.succeed("sync")
            #expect(try conflicts(laptop).first?["short"] as? String == conflict)
            #expect(try raw(laptop, id) == raw(tower, id))
            let shown = try tower.succeed("conflicts", "show", conflict).output
            for words in ["urged normal ties", "called for renewed dialogue"] {
                #expect(shown.contains("[\(words)]"), "\(shown)")
            }
            #expect(shown.contains("ada/laptop") && shown.contains("ben/tower"))
            #expect(try tower.galley("status", "--exit-code").status == 4)

            let token = try #require(listed.first?["token"] as? String)
            try tower.succeed(
                "resolve",
                conflict,
                "--from",
                "-",
                "--expect",
                token,
                input: "urged renewed dialogue\n"
            )
            try tower.succeed("review", "--accept", "--all")
            try tower.succeed("sync")
            let told = try laptop.succeed("sync")
            #expect(told.errors.contains("Conflict \(conflict) was resolved by ben/tower"))
            #expect(try conflicts(laptop).isEmpty)
            #expect(try raw(laptop, id).contains("on Tuesday urged renewed dialogue between both"))
            let gone = try laptop.galley("resolve", conflict, "--ours")
            #expect(gone.status == 3)
            #expect(gone.errors.contains("ben/tower"))
            #expect(try laptop.galley("status", "--exit-code").status == 0)

            let hash = try #require(try hub.stateHash())
            for machine in [laptop, tower] {
                #expect(try machine.stateHash() == hash)
                try machine.succeed("doctor")
            }
        }
    }

    @Test(arguments: [("--ours", "stronger bonds"), ("--theirs", "a dialogue")])
    func `ours and theirs are the sides of who asks`(_ choice: String, _ words: String) throws {
        try withTwo { _, laptop, tower, id in
            try edit(laptop, id, "normal relations", "stronger bonds")
            try edit(tower, id, "normal relations", "a dialogue")
            for machine in [laptop, tower, laptop] { try machine.succeed("sync") }
            let conflict = try #require(try conflicts(laptop).first?["short"] as? String)
            try laptop.succeed("resolve", conflict, choice)
            #expect(try raw(laptop, id).contains("called for \(words) between"))
            for machine in [laptop, tower] { try machine.succeed("sync") }
            #expect(try conflicts(tower).isEmpty)
            #expect(try raw(tower, id) == raw(laptop, id))
        }
    }

    @Test func `two different resolutions are one new conflict, equal ones are none`() throws {
        try withTwo { _, laptop, tower, id in
            try edit(laptop, id, "normal relations", "stronger bonds")
            try edit(tower, id, "normal relations", "a dialogue")
            for machine in [laptop, tower, laptop] { try machine.succeed("sync") }
            try laptop.succeed("resolve", id, "--ours")
            try tower.succeed("resolve", id, "--ours")
            for machine in [laptop, tower, laptop] { try machine.succeed("sync") }
            #expect(try conflicts(laptop).count == 1)
            #expect(try conflicts(tower).count == 1)
            try laptop.succeed("resolve", id, "--take", "ben")
            try tower.succeed("resolve", id, "--take", "ben")
            for machine in [laptop, tower, laptop] { try machine.succeed("sync") }
            #expect(try conflicts(laptop).isEmpty)
            #expect(try conflicts(tower).isEmpty)
            #expect(try raw(laptop, id).contains("called for a dialogue between"))
            #expect(try laptop.stateHash() == tower.stateHash())
        }
    }

    @Test func `a role that may not edit resolves nothing`() throws {
        try withTwo(role: "annotator") { _, laptop, tower, id in
            let text = try raw(laptop, id)
            for words in ["stronger bonds", "a dialogue"] {
                let edited = text.replacingOccurrences(of: "normal relations", with: words)
                let base = words == "a dialogue" ? ["--base", try first(laptop, id)] : []
                let path = laptop.home.appending(path: "draft.md")
                try Data(edited.utf8).write(to: path)
                if base.isEmpty {
                    try laptop.succeed("edit", id, "--from", path.path)
                } else {
                    try laptop.succeed("edit", id, "--from", path.path, base[0], base[1])
                }
            }
            try laptop.succeed("sync")
            try tower.succeed("sync")
            let conflict = try #require(try conflicts(tower).first?["short"] as? String)
            let outcome = try tower.galley("resolve", conflict, "--base")
            #expect(outcome.status == 6, "\(outcome.errors)")
            #expect(try conflicts(tower).count == 1)
            #expect(try tower.galley("status", "--json").json["pending"] as? Int == 0)
        }
    }

    /// The change the article began with.
    private func first(_ machine: Machine, _ id: String) throws -> String {
        let log = try machine.succeed("log", id, "--json").json["changes"] as? [[String: Any]]
        return try #require(log?.last?["handle"] as? String)
    }
}
