import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import SQLite
import Signing
import TestSupport
import Testing

@Suite("Deriving later")
struct DerivingTests {
    let library: TestLibrary
    let source: Replica
    let signer: Signer

    init() throws {
        library = try TestLibrary()
        source = try library.makeReplica("source.db")
        signer = library.makeSigner(library.ownerKey)
    }

    @discardableResult
    func makeArticle(_ title: String) throws -> ArticleID {
        let result = try source.commit([.seed(.test(title, body: "one two"))], as: signer, now: 5)
        return try #require(result.articles.first)
    }

    func edit(_ article: ArticleID, _ word: ScalarText) throws {
        try source.commit(
            [.edit(article, [.insert(.body, position: 0, text: word)])],
            as: signer,
            now: 6
        )
    }

    @Test func receivingOnlyStoresAndWhoeverAsksGetsAll() throws {
        let article = try makeArticle("First")
        for _ in 0..<5 { try edit(article, "more ") }
        let target = try library.makeReplica("target.db")
        try library.copy(source, to: target)
        #expect(try target.underivedCount() == 7)
        // The log answers without it.
        #expect(try target.entries().count == 7)
        #expect(try target.chains().count == 1)
        #expect(try target.unplacedCount() == 7)
        #expect(try target.underivedCount() == 7)
        // Articles do not.
        let shown = try #require(try target.article(article))
        #expect(shown.body.text.string.hasPrefix("more more more more more one two"))
        #expect(try target.underivedCount() == 0)
        #expect(try target.stateHash() == source.stateHash())
    }

    @Test func everyQueryDerivesFirst() throws {
        let article = try makeArticle("Harbour")
        try source.commit(
            [.edit(article, [.addTag("sea"), .insert(.body, position: 0, text: "ferry ")])],
            as: signer,
            now: 7
        )
        let change = try #require(try source.headings(of: article).last).change
        let handle = String(article.handle.prefix(10))
        let questions: [(Replica) throws -> Bool] = [
            { try $0.articles().count == 1 },
            { try $0.articles(handlePrefix: handle).count == 1 },
            { try $0.summary(of: article) != nil },
            { try $0.tags().count == 1 },
            { try $0.article(article) != nil },
            { try $0.mergedArticle(article) != nil },
            { try $0.graph(of: article)?.count == 2 },
            { try $0.analysis(ofArticle: article) != nil },
            { try $0.isPlain(article, at: [change]) },
            { try $0.history(of: article).count == 2 },
            { try $0.headings().count == 2 },
            { try $0.headings(of: article).count == 2 },
            { try $0.headings(ofChanges: [change]).count == 1 },
            { try $0.changes(handlePrefix: String(change.handle.prefix(10))).count == 1 },
            { try $0.search("ferry").count == 1 },
            { try $0.unindexedCount() == 1 },
            { try $0.status().articleCount == 1 },
            { try $0.stateHash() == source.stateHash() },
            { try $0.verify().problems.isEmpty && $0.articles().count == 1 },
            { try $0.doctor(repairing: false).isSound },
            { try $0.settle() == 0 && $0.underivedCount() == 0 },
        ]
        for (number, question) in questions.enumerated() {
            let target = try library.makeReplica("target\(number).db")
            try library.copy(source, to: target)
            #expect(try target.underivedCount() == 3)
            #expect(try question(target), "question \(number)")
            #expect(try target.underivedCount() == 0, "question \(number)")
        }
    }

    @Test func anEditGoesOnFromWhatWasOnlyReceived() throws {
        let article = try makeArticle("First")
        let target = try library.makeReplica("target.db")
        let editor = library.makeSigner(try library.addUser("Ed", .editor))
        try target.appendMembership(library.log.entries)
        try library.copy(source, to: target)
        let result = try target.commit(
            [.edit(article, [.insert(.body, position: 3, text: " and")])],
            as: editor,
            now: 9
        )
        #expect(result.isNew == [true])
        #expect(try target.article(article)?.body.text.string.hasPrefix("one and two") == true)
        #expect(try target.doctor(repairing: false).isSound)
    }

    @Test func aBatchIsWhollyDerivedOrNotAtAll() throws {
        let words = String(repeating: "wind and weather ", count: 200)
        for number in 0..<10 {
            try edit(try makeArticle("Article \(number)"), try #require(ScalarText(words)))
        }
        let target = try library.makeReplica("target.db")
        try library.copy(source, to: target)
        target.deriveCountMax = 4
        // The disk gets full at every possible place.
        let pages = try #require(
            try Database(path: target.path, mode: .readOnly).integer("PRAGMA page_count")
        )
        var lengths: Set<Int> = []
        for room in 0... {
            try target.limitSize(toPages: Int(pages) + room)
            do throws(ReplicaError) {
                try target.derive()
                break
            } catch {
                #expect(error.code == .full)
            }
            let left = try target.underivedCount()
            #expect((21 - left).isMultiple(of: 4))
            lengths.insert(left)
            // Whoever asks now sees the library as it was some entries ago.
            let articles = try target.articles()
            #expect(articles.count == (21 - left) / 2)
        }
        #expect(lengths.count > 1)
        #expect(try target.underivedCount() == 0)
        #expect(try target.stateHash() == source.stateHash())
        #expect(try target.doctor(repairing: false).isSound)
    }

    /// Articles whose bodies fill several of the chunks that are read ahead, with edits between them.
    private func makeManyArticles(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var articles: [ArticleID] = []
        for number in 0..<150 {
            let words = String(
                repeating: "wind \(random.below(1_000)) ",
                count: random.below(1_500)
            )
            let result = try source.commit(
                [.seed(.test("Article \(number)", body: "one two \(words)"))],
                as: signer,
                now: 5
            )
            articles.append(try #require(result.articles.first))
            if random.below(3) == 0 {
                try edit(try #require(articles.randomElement(using: &random)), "é ")
            }
        }
    }

    @Test func entriesReadAheadGiveWhatEachAloneGives() throws {
        try makeManyArticles(seed: 11)
        let (together, alone) = (
            try library.makeReplica("together.db"), try library.makeReplica("alone.db")
        )
        for target in [together, alone] { try library.copy(source, to: target) }
        alone.deriveCountMax = 1
        #expect(try together.derive() == alone.derive())
        #expect(try together.stateHash() == source.stateHash())
        #expect(try alone.stateHash() == source.stateHash())
        #expect(try together.articles() == alone.articles())
        #expect(try together.articles() == source.articles())
        #expect(try together.doctor(repairing: false).isSound)
        try together.rebuild()
        #expect(try together.articles() == source.articles())
    }

    @Test(
        "a body that cannot be read stops it there, wherever it is read ahead",
        arguments: [1, 63, 64, 65, 130]
    )
    func aDamagedBodyStopsIt(row: Int) throws {
        try makeManyArticles(seed: 12)
        let target = try library.makeReplica("target.db")
        try library.copy(source, to: target)
        let count = try target.underivedCount()
        let file = try Database(path: target.path, mode: .readWrite)
        try file.execute(
            """
            CREATE TEMP TABLE sound AS SELECT row, body FROM entry
                WHERE length(body) > 20 AND length(body) < size AND row >= \(row)
                ORDER BY row LIMIT 1;
            UPDATE entry SET body = substr(body, 1, length(body) - 9)
                WHERE row = (SELECT row FROM sound);
            """
        )
        #expect(throws: ReplicaError.self) { try target.derive() }
        do throws(ReplicaError) { try target.derive() } catch { #expect(error.code == .damaged) }
        #expect(try target.underivedCount() == count)
        try file.execute(
            """
            UPDATE entry SET body = (SELECT body FROM sound) WHERE row = (SELECT row FROM sound)
            """
        )
        #expect(try target.derive() == count)
        #expect(try target.stateHash() == source.stateHash())
    }

    @Test func whatAnotherConnectionReceivedIsDerivedByWhoeverAsks() throws {
        let article = try makeArticle("First")
        let target = try library.makeReplica("target.db")
        try library.copy(source, to: target)
        let other = try Replica(opening: target.path)
        #expect(try other.articles().count == 1)
        #expect(try target.underivedCount() == 0)
        try edit(article, "new ")
        try library.copy(source, to: other)
        #expect(try target.article(article)?.body.text.string.hasPrefix("new ") == true)
    }

    @Test func aFileFromBeforeCountsAsDerived() throws {
        let article = try makeArticle("First")
        let path = library.folder.file("old.db")
        do {
            try Database(path: source.path, mode: .readWrite).execute("VACUUM INTO '\(path)'")
            let old = try Database(path: path, mode: .readWrite)
            try old.execute("DELETE FROM meta WHERE key = 'derived'; PRAGMA user_version = 2")
        }
        let opened = try Replica(opening: path)
        #expect(try opened.underivedCount() == 0)
        #expect(try opened.article(article) != nil)
        #expect(try opened.stateHash() == source.stateHash())
        #expect(try opened.doctor(repairing: false).isSound)
    }
}
