internal import ArticleMerge
internal import ArticleModel
import Testing

/// A graph holds each change after its parents.
@Suite struct EventGraphTests {
    @Test func namesTheParentsThatAreMissing() throws {
        var desk = try Desk()
        let missing = [try Desk.id(7), try Desk.id(5)].sorted()
        let change = try Desk.change(
            9,
            .edit(parents: [desk.seed.id] + missing, operations: []),
            by: 1,
            lamport: 1,
            permission: .edit
        )
        let error = #expect(throws: MergeError.self) { try desk.insert(change) }
        #expect(error?.code == .missingParents)
        #expect(error?.missing == missing)
        #expect(desk.graph.count == 1)
    }

    @Test func takesAChangeOnce() throws {
        var desk = try Desk()
        let id = try desk.edit(.addTag("x"))
        let change = try #require(desk.graph.change(id))
        var graph = desk.graph
        #expect(try !graph.insert(change))
        #expect(graph.count == 2)
        #expect(try !graph.insert(desk.seed))
    }

    @Test func refusesTheSeedOfAnotherArticle() throws {
        var desk = try Desk()
        let content = Seed(nonce: nil, fields: [], summary: "", body: "x", provenance: nil)
        let other = try Desk.change(8, .seed(content), by: 1, lamport: 0, permission: .edit)
        let error = #expect(throws: MergeError.self) { try desk.insert(other) }
        #expect(error?.code == .foreignSeed)
        let edit = try Desk.change(
            3,
            .edit(parents: [], operations: []),
            by: 1,
            lamport: 0,
            permission: .edit
        )
        #expect(throws: MergeError.self) { try EventGraph(seed: edit) }
    }

    @Test func knowsAncestorsHeadsAndVersions() throws {
        var desk = try Desk(body: "x")
        let left = try desk.edit(after: [desk.seed.id], .insert(.body, position: 0, text: "l"))
        let right = try desk.edit(after: [desk.seed.id], .insert(.body, position: 1, text: "r"))
        #expect(desk.graph.heads == [left, right].sorted())
        let merge = try desk.edit(.addTag("m"))
        let graph = desk.graph
        #expect(graph.heads == [merge])
        #expect(graph.isAncestor(desk.seed.id, of: merge))
        #expect(graph.isAncestor(left, of: merge))
        #expect(!graph.isAncestor(left, of: right))
        #expect(!graph.isAncestor(merge, of: merge))
        #expect(!graph.isAncestor(merge, of: left))
        #expect(graph.history(of: [right]) == [desk.seed.id, right])
        #expect(try desk.state(at: [left]).body.text == "lx")
        #expect(try desk.state(at: [left, right]).body.text == "lxr")
        #expect(graph.graph(of: [try Desk.id(99)]) == nil)
    }
}
