import ArticleMerge
import ArticleModel
import ReplicaStore
import TestSupport
import Testing

@Suite("Listing and searching")
struct QueryTests {
    let library: TestLibrary
    let replica: Replica
    let signer: Signer

    init() throws {
        library = try TestLibrary()
        replica = try library.makeReplica("one.db")
        signer = library.makeSigner(library.ownerKey)
    }

    @discardableResult
    func add(_ title: String, body: String = "Body.", now: Int64 = 1) throws -> ArticleID {
        let seed = Seed.test(title, body: body)
        return try #require(try replica.commit([.seed(seed)], as: signer, now: now).articles.first)
    }

    func edit(_ article: ArticleID, _ operation: Operation, now: Int64 = 2) throws {
        try replica.commit([.edit(article, [operation])], as: signer, now: now)
    }

    @Test func filtersAndOrdersCombine() throws {
        let bay = try add("Storm over the bay", now: 1)
        let ferry = try add("Ferry late", now: 2)
        let fifty = try add("100% of 50_50", now: 3)
        try edit(bay, .addTag("weather"), now: 4)
        try edit(fifty, .deleteArticle, now: 5)
        var filter = ArticleFilter()
        #expect(try replica.articles(filter).map(\.id) == [bay, ferry])
        filter.order = .title
        #expect(try replica.articles(filter).map(\.id) == [ferry, bay])
        filter.deleted = .included
        #expect(try replica.articles(filter).map(\.id) == [fifty, ferry, bay])
        filter.limit = 1
        #expect(try replica.articles(filter).map(\.id) == [fifty])
        filter.limit = nil
        filter.deleted = .only
        #expect(try replica.articles(filter).map(\.id) == [fifty])
        filter.titleWords = "%"
        #expect(try replica.articles(filter).map(\.id) == [fifty])
        filter.titleWords = "0_5"
        #expect(try replica.articles(filter).map(\.id) == [fifty])
        filter.titleWords = "0%5"
        #expect(try replica.articles(filter) == [])
        filter = ArticleFilter()
        filter.tag = "weather"
        #expect(try replica.articles(filter).map(\.id) == [bay])
        #expect(try replica.articles(filter).map(\.tags) == [["weather"]])
        #expect(try replica.tags().map(\.tag) == ["weather"])
    }

    @Test func changesGoByTheirHandlesAndByTheIdsThatJSONShows() throws {
        let article = try add("One")
        try edit(article, .addTag("weather"))
        for heading in try replica.history(of: article) {
            let id = heading.change.id
            for name in [id.handle, String(id.handle.prefix(8)), id.description] {
                #expect(try replica.changes(handlePrefix: name).map(\.change) == [id])
            }
            let half = String(id.description.prefix(32))
            #expect(try replica.changes(handlePrefix: half).map(\.change) == [id])
            #expect(try replica.changes(handlePrefix: id.description + "0") == [])
        }
    }

    @Test func aNoteNeedsAttentionUntilItIsResolved() throws {
        let article = try add("One")
        try add("Two")
        let before = try #require(try replica.summary(of: article))
        let note = Annotation(
            kind: .comment,
            target: .article,
            quote: .none,
            text: "Is this so?",
            tags: []
        )
        try edit(article, .annotate(note))
        var filter = ArticleFilter()
        filter.needsAttention = true
        let listed = try #require(try replica.articles(filter).first)
        #expect(listed.id == article)
        #expect(listed.noteCount == 1 && listed.openNoteCount == 1)
        // What the seed alone gave, the state gives as well.
        #expect(listed.title == before.title)
        #expect(listed.excerpt == before.excerpt)
        #expect(listed.date == before.date)
        #expect(listed.scalarCount == before.scalarCount)

        let id = try #require(try replica.article(article)).notes.notes[0].id
        let handle = try replica.shortHandle(of: id)
        #expect(try replica.notes(handlePrefix: handle).map(\.id) == [id])
        #expect(try replica.notes(handlePrefix: handle.uppercased()).map(\.article) == [article])
        #expect(try replica.notes(handlePrefix: "") == [])
        try edit(article, .setNoteState(id, .resolved))
        #expect(try replica.articles(filter) == [])
        #expect(try replica.articlesWithNotes().map(\.id) == [article])
        try edit(article, .deleteNote(id))
        #expect(try replica.articlesWithNotes() == [])
        #expect(try replica.notes(handlePrefix: handle) == [])
    }

    @Test func severalNotesOfOneChangeAreToldApart() throws {
        let article = try add("One")
        let note = Annotation(
            kind: .comment,
            target: .article,
            quote: .none,
            text: "?",
            tags: []
        )
        try replica.commit(
            [.edit(article, [.annotate(note), .annotate(note)])],
            as: signer,
            now: 2
        )
        for note in try #require(try replica.article(article)).notes.notes {
            let handle = try replica.shortHandle(of: note.id)
            #expect(try replica.notes(handlePrefix: handle).map(\.id) == [note.id])
        }
    }

    @Test func aShortHandleNamesOneArticle() throws {
        _ = try replica.commit(
            changeSets: (0..<300).map { [.seed(.test("Article \($0)"))] },
            as: signer,
            now: 1
        )
        let articles = try replica.articles()
        #expect(articles.count == 300)
        for article in articles {
            #expect(article.id.handle.hasPrefix(article.shortHandle))
            #expect(
                try replica.articles(handlePrefix: article.shortHandle).map(\.id) == [article.id]
            )
            // For many and for one the answer is the same.
            #expect(try replica.summary(of: article.id) == article)
        }
        let first = try #require(articles.first)
        let letter = String(first.shortHandle.prefix(1))
        #expect(try replica.articles(handlePrefix: letter, limit: 500).count > 1)
        #expect(try replica.articles(handlePrefix: "not!") == [])
        #expect(try replica.articles(handlePrefix: first.id.handle).map(\.id) == [first.id])
        #expect(try replica.articles(handlePrefix: first.id.handle + "0") == [])
    }

    @Test func searchFindsWordsWhereverTheyStand() throws {
        let bay = try add("Storm over the bay", body: "A ferry was late. Größe zählt.")
        let ferry = try add("Ferry late", body: "Nothing of note.")
        #expect(try replica.unindexedCount() == 2)
        #expect(try replica.search("ferry").map(\.article.id) == [ferry, bay])
        #expect(try replica.unindexedCount() == 0)
        #expect(try replica.search("ferry storm").map(\.article.id) == [bay])
        #expect(try replica.search("\"was late\"").map(\.article.id) == [bay])
        #expect(try replica.search("\"late was\"").isEmpty)
        #expect(try replica.search("sto*").map(\.article.id) == [bay])
        #expect(try replica.search("grosse").isEmpty)
        #expect(try replica.search("große zahlt").map(\.article.id) == [bay])
        #expect(try replica.search("GRÖßE zahlt").map(\.article.id) == [bay])
        let hit = try #require(try replica.search("late").first { $0.article.id == bay })
        #expect(hit.snippet.filter(\.isMatch).map(\.text) == ["late"])

        try edit(bay, .delete(.body, position: 0, count: 18))
        #expect(try replica.search("ferry").map(\.article.id) == [ferry])
        try edit(ferry, .addTag("harbour"))
        #expect(try replica.search("harbour").map(\.article.id) == [ferry])
        try edit(ferry, .deleteArticle)
        #expect(try replica.search("harbour").isEmpty)
        #expect(try replica.search("harbour", deleted: .included).map(\.article.id) == [ferry])
    }

    @Test(arguments: [
        "", " ", "\"", "\"\"", "*", "AND", "NOT", "a AND", "OR OR", "(", ")", "a)", "^a", "a:b",
        "title:x", "-a", "+", "{x}", "NEAR(a b)", "a\"b", "''", "\\", "%", "a\0b", "'; DROP", "漁港",
        "é", "\u{301}", "🙂", "x* y*", "\"x y\"*",
    ])
    func nothingTypedIsAFaultyQuery(_ query: String) throws {
        try add("One", body: "a b x y and not or near title 漁港")
        _ = try replica.search(query)
    }

    @Test func whatWasFoundBeforeIsFoundAfterARebuild() throws {
        for number in 0..<20 { try add("Article \(number)", body: "word\(number % 3) common") }
        let before = try replica.search("word1").map(\.article.id)
        #expect(before.count == 7)
        try replica.rebuild()
        #expect(try replica.search("word1").map(\.article.id) == before)
        #expect(try replica.integrityProblems() == [])
    }

    @Test func historyListsEachChangeWithItsEntry() throws {
        let article = try add("One")
        try edit(article, .addTag("x"))
        try edit(article, .set(.title, .text("Another")))
        let history = try replica.history(of: article)
        #expect(history.count == 3)
        #expect(history.map(\.position) == [nil, nil, nil])
        #expect(history.allSatisfy { $0.fault == nil })
        #expect(history.map(\.change.operations.count) == [0, 1, 1])
        let graph = try #require(try replica.graph(of: article))
        #expect(graph.heads == [history[2].change.id])
    }

    @Test func aDeletedArticleTakesNoEditsUntilItIsTakenBack() throws {
        let article = try add("One")
        try edit(article, .deleteArticle)
        #expect(replicaErrorCode { try edit(article, .addTag("x")) } == .deleted)
        #expect(try replica.article(article)?.isDeleted == true)
        try edit(article, .undeleteArticle)
        try edit(article, .addTag("x"))
        #expect(try replica.articles().map(\.tags) == [["x"]])
    }

    @Test func anEditMadeOnAnOlderVersionIsMerged() throws {
        let article = try add("One", body: "one two three")
        let version = try #require(try replica.article(article)).heads
        try edit(article, .insert(.body, position: 0, text: "zero "))
        try replica.commit(
            [.edit(article, parents: version, [.insert(.body, position: 13, text: " four")])],
            as: signer,
            now: 3
        )
        let state = try #require(try replica.article(article))
        #expect(state.body.text == "zero one two three four")
        #expect(state.heads.count == 2)
        #expect(try replica.doctor(repairing: false).isSound)
    }

    @Test func aChangeWithoutEffectIsNotSigned() throws {
        let article = try add("One")
        let before = try Snapshot(replica)
        #expect(
            replicaErrorCode {
                try edit(article, .insert(.body, position: 1_000, text: "x"))
            } == .faultyChange
        )
        let unknown = try #require(ArticleID([UInt8](repeating: 1, count: 16)))
        #expect(replicaErrorCode { try edit(unknown, .addTag("x")) } == .notFound)
        let parent = try #require(ChangeID([UInt8](repeating: 1, count: 32)))
        #expect(
            replicaErrorCode {
                try replica.commit(
                    [.edit(article, parents: [parent], [.addTag("x")])],
                    as: signer,
                    now: 1
                )
            } == .notFound
        )
        let stranger = library.makeSigner(try library.makeKey())
        #expect(
            replicaErrorCode { try replica.commit([.seed(.test("Two"))], as: stranger, now: 1) }
                == .notAllowed
        )
        #expect(try Snapshot(replica) == before)
        // The numbers of what was not signed are free again.
        try edit(article, .addTag("x"))
        #expect(try replica.verify().problems == [])
    }
}
