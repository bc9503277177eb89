import Foundation
import Testing

/// Bundles as people hand them over: the real program.
@Suite("Bundles by hand")
struct BundleProgramTests {
    /// Two machines of one library, of which the hub is gone.
    private func pair(in folder: URL) throws -> (ada: Machine, ben: Machine) {
        let hub = try TestHub(in: folder)
        let ada = try hub.registeredMachine(in: folder)
        let ben = try Machine(named: "ben", in: folder)
        try ben.succeed("join", ada.invitation("--role", "editor"), "--device", "tower")
        try ada.succeed("sync")
        try hub.stop()
        return (ada, ben)
    }

    @Test("bring two machines level without any network")
    func wholeWay() throws {
        try withScratchFolder { folder in
            let (ada, ben) = try pair(in: folder)
            let article = try ada.imported("Ships")
            let first = folder.appending(path: "1.bundle").path
            let made = try ada.succeed("bundle", "create", first, "--json").json
            #expect(made["entries"] as? Int == 2)
            #expect(made["since"] is NSNull)
            let seen = try ben.succeed("bundle", "inspect", first)
            #expect(seen.output.contains("2 change sets"))
            #expect(seen.output.contains("ada/laptop"))
            #expect(try ben.succeed("bundle", "verify", first).output.hasPrefix("Good"))
            #expect(try ben.succeed("list").output.isEmpty)
            #expect(try ben.succeed("bundle", "apply", first).output.contains("2 change sets"))
            #expect(try ada.stateHash() == ben.stateHash())

            try ben.succeed("tag", article, "+ben")
            let back = folder.appending(path: "2.bundle").path
            let answer = try ben.succeed("bundle", "create", back, "--since", first, "--json").json
            #expect(answer["entries"] as? Int == 2)
            #expect(answer["since"] as? String == made["mark"] as? String)
            let applied = try ada.succeed("bundle", "apply", back, "--json").json
            #expect(applied["new"] as? Int == 2)
            #expect(try ada.stateHash() == ben.stateHash())

            // By the mark of what ben has, which ada knows from ben's bundle.
            try ada.succeed("tag", article, "+ada")
            let third = folder.appending(path: "3.bundle").path
            let mark = try #require(answer["mark"] as? String)
            let more = try ada.succeed("bundle", "create", third, "--since", mark, "--json").json
            #expect(more["entries"] as? Int == 1)
            try ben.succeed("bundle", "apply", third)
            try ben.succeed("bundle", "apply", third)
            try ben.succeed("bundle", "apply", first)
            #expect(try ada.stateHash() == ben.stateHash())
        }
    }

    @Test("tell of conflicts as a sync does")
    func conflicts() throws {
        try withScratchFolder { folder in
            let (ada, ben) = try pair(in: folder)
            let article = try ada.imported("Ships")
            let file = folder.appending(path: "1.bundle").path
            try ada.succeed("bundle", "create", file)
            try ben.succeed("bundle", "apply", file)
            try ada.succeed("set", article, "title=Old ships")
            try ben.succeed("set", article, "title=New ships")
            let back = folder.appending(path: "2.bundle").path
            try ben.succeed("bundle", "create", back, "--since", file)
            let told = try ada.succeed("bundle", "apply", back)
            #expect(told.output.contains("1 conflict"))
            #expect(told.errors.contains("galley resolve"))
        }
    }

    @Test("are refused, and nothing is changed, where they do not connect or do not belong")
    func refusals() throws {
        try withScratchFolder { folder in
            let (ada, ben) = try pair(in: folder)
            let article = try ada.imported("Ships")
            let first = folder.appending(path: "1.bundle").path
            try ada.succeed("bundle", "create", first)
            try ada.succeed("tag", article, "+later")
            let second = folder.appending(path: "2.bundle").path
            try ada.succeed("bundle", "create", second, "--since", first)
            for verb in ["apply", "verify"] {
                try ben.refuse(
                    ["bundle", verb, second],
                    with: 1,
                    saying: ["goes on from what is not here", "hint: apply the bundle before it"],
                    takingBackWrites: true
                )
            }
            let other = try Machine.withLibrary(in: folder, named: "other")
            try other.refuse(["bundle", "apply", first], with: 1, saying: ["another library"])
            try other.refuse(
                ["bundle", "create", folder.path + "/x.bundle", "--since", "nope"],
                with: 3,
                saying: ["no mark that is known here"]
            )
            try ada.refuse(
                ["bundle", "create", first],
                with: 1,
                saying: ["There is something at"]
            )
            var bytes = try Data(contentsOf: URL(filePath: first))
            bytes[bytes.count / 2] ^= 1
            let damaged = folder.appending(path: "damaged").path
            try bytes.write(to: URL(filePath: damaged))
            for verb in ["apply", "verify", "inspect"] {
                try ben.refuse(
                    ["bundle", verb, damaged],
                    with: 7,
                    saying: ["damaged at byte"]
                )
            }
            try ben.refuse(
                ["bundle", "apply", ada.library.path],
                with: 7,
                saying: ["no bundle that galley made"]
            )
        }
    }
}
