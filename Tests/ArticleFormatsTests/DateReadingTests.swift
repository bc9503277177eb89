import ArticleFormats
import ArticleModel
import Testing

/// Dates are read in many languages, and never further than they were given.
@Suite struct DateReadingTests {
    @Test(arguments: [
        ("2025-06-03", "2025-06-03"), ("2025-06", "2025-06"), ("2025", "2025"),
        ("2025-06-03T14:05:06.789+05:30", "2025-06-03T14:05:06.789+05:30"),
        ("2024-02-14T16:15:30Z", "2024-02-14T16:15:30Z"), ("2025-06-03 14:05", "2025-06-03T14:05"),
        ("Updated 03 June 2025", "2025-06-03"), ("3rd of June, 2025", "2025-06-03"),
        ("June 3, 2025", "2025-06-03"), ("Published June 2025", "2025-06"),
        ("Nov. 20, 2019 6:02 AM EST", "2019-11-20T06:02-05:00"),
        ("November 20 15:23 2019", "2019-11-20T15:23"),
        ("Friday 22 November 2024 08:49 GMT", "2024-11-22T08:49Z"),
        ("October 23, 2025 5:50 pm CET", "2025-10-23T17:50+01:00"),
        ("Nov 20 2019, 10:18am ist", "2019-11-20T10:18"),
        ("3. Juni 2025, 17:46 Uhr", "2025-06-03T17:46"), ("03.06.2025", "2025-06-03"),
        ("Publié le 30 août 2023 à 14h52", "2023-08-30T14:52"),
        ("3 de junio de 2025", "2025-06-03"), ("4 marzo 2024", "2024-03-04"),
        ("2024年04月24日23:52", "2024-04-24T23:52"), ("2025/1/14 21:17", "2025-01-14T21:17"),
        ("14 мая 2025", "2025-05-14"), ("8 січня 2026", "2026-01-08"),
        ("الأربعاء، 28 آب/اغسطس 2013", "2013-08-28"), ("25/12/2014", "2014-12-25"),
        ("12/25/2014", "2014-12-25"), ("03/03/2014", "2014-03-03"),
        ("29 February 2024", "2024-02-29"),
    ])
    func readsAsFarAsGiven(words: String, iso: String) throws {
        #expect(ArticleDate(words: words)?.reading?.iso8601 == iso)
        let date = try #require(ArticleDate(words: words))
        #expect(date.raw.string == words)
    }

    @Test(arguments: [
        "08/01/2014", "8 января, 17:46", "29 February 2025", "31 June 2024", "yesterday",
        "5 sec ago", "2025-13-01", "June 10:30",
    ])
    func makesNothingUp(words: String) {
        #expect(ArticleDate(words: words)?.reading == nil)
    }

    @Test(arguments: [
        ("Updated 5 sec ago", "2025-12-05T09:59:57Z"), ("7 minutes ago", "2025-12-05T09:53Z"),
        ("Updated 3 hours ago", "2025-12-05"), ("vor 2 Tagen", "2025-12-03"),
        ("il y a 2 semaines", "2025-11-21"), ("11 months ago", "2025-01"),
        ("12 months ago", "2024-12"), ("hace 3 años", "2022"),
    ])
    func aRelativeTimeIsReadNoFinerThanItsWords(words: String, iso: String) throws {
        let now = try #require(
            ArticleDate.Reading(iso8601: "2025-12-05T10:00:02Z")?.millisecondsSince1970
        )
        let page = TextPageTests.page("The council speaks about the ferry again", stamp: words)
        let articles = try Importer.articles(
            from: Array(page.utf8),
            name: "page.txt",
            options: .init(fetchedAtMilliseconds: now)
        )
        #expect(articles.first?.bestDate?.iso8601 == iso)
    }

    @Test func momentsAndTheirTextsAgree() {
        for milliseconds in stride(
            from: Int64(-70_000_000_000_000),
            to: 250_000_000_000_000,
            by: 86_399_999_000
        ) {
            let text = ArticleDate.utcText(milliseconds: milliseconds)
            let back = ArticleDate.Reading(iso8601: text)?.millisecondsSince1970
            // To the second, downwards; years before 0 have no text.
            guard milliseconds >= -62_167_219_200_000 else { continue }
            #expect(back == milliseconds, "\(text)")
        }
    }
}

/// What a paragraph opens with, who wrote it, and what a picture shows.
@Suite struct ArticleHeadTests {
    private func article(_ opening: String) throws -> ImportedArticle {
        let page = TextPageTests.page("Ministers meet at the harbour for a second day")
            .replacing("OSLO: The first", with: opening + " The first")
        return try #require(
            try Importer.articles(from: Array(page.utf8), name: "page.txt").first
        )
    }

    @Test(
        arguments: [
            ("ISLAMABAD:", "ISLAMABAD", nil), ("LONDON (AP) —", "LONDON", "AP"),
            ("NEW DELHI –", "NEW DELHI", nil), ("PUTRAJAYA, Nov 22 —", "PUTRAJAYA", nil),
            ("ST. LOUIS, Missouri (Reuters) -", "ST. LOUIS, Missouri", "Reuters"),
            ("CAIRO --", "CAIRO", nil),
        ] as [(String, String, String?)]
    )
    func findsTheDateline(opening: String, place: String, agency: String?) throws {
        let article = try article(opening)
        #expect(article.dateline == .init(place: place, agency: agency))
        #expect(article.paragraphs.first?.hasPrefix(opening) == true, "it stays in the text")
    }

    @Test(arguments: ["He said:", "In OSLO:", "NATO, the alliance, said:", "A —", "“OSLO: no”"])
    func takesNoOtherOpeningForOne(opening: String) throws {
        #expect(try article(opening).dateline == nil)
    }

    @Test(arguments: [
        ("By Ada Moss", ["Ada Moss"]), ("By ADA MOSS and BEN OKORO", ["ADA MOSS", "BEN OKORO"]),
        (
            "von Till Eckert , Max Bernhard , Martin Murphy",
            ["Till Eckert", "Max Bernhard", "Martin Murphy"]
        ),
        ("Par Bertrand Bissuel", ["Bertrand Bissuel"]), ("di Viviana Mazza", ["Viviana Mazza"]),
        ("Reuters", ["Reuters"]), ("Arab News", ["Arab News"]),
    ])
    func findsTheByline(line: String, names: [String]) throws {
        let page = TextPageTests.page("Ministers meet at the harbour for a second day")
            .replacing("Follow", with: line)
        let article = try #require(
            try Importer.articles(from: Array(page.utf8), name: "page.txt").first
        )
        #expect(article.byline == names)
    }

    @Test func topicsAtTheEndAreNoText() throws {
        let page =
            TextPageTests.page("Ministers meet at the harbour for a second day")
            + "\n\nTopics: Ferries, Harbour | Night\n"
        let article = try #require(
            try Importer.articles(from: Array(page.utf8), name: "page.txt").first
        )
        #expect(article.topics == ["Ferries", "Harbour", "Night"])
        #expect(article.paragraphs.count == 2)
    }
}
