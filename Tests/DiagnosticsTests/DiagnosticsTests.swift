import Diagnostics
import Synchronization
import Testing

@Suite struct `Times and dates` {
    @Test func `every day of ten thousand years goes to its number and back`() throws {
        var expected = try #require(CivilDate(year: 0, month: 1, day: 1)).daysSince1970
        #expect(expected == -719_528)
        for year in CivilDate.years {
            for month in 1...12 {
                for day in 1...CivilDate.dayCount(ofMonth: month, year: year) {
                    let date = try #require(CivilDate(year: year, month: month, day: day))
                    guard date.daysSince1970 == expected,
                        CivilDate(daysSince1970: expected) == date
                    else {
                        Issue.record("\(date) is not day \(expected)")
                        return
                    }
                    expected += 1
                }
            }
        }
        #expect(CivilDate(daysSince1970: expected) == nil)
        #expect(CivilDate(daysSince1970: -719_529) == nil)
        #expect(CivilDate(daysSince1970: .max) == nil)
        #expect(CivilDate(daysSince1970: .min) == nil)
    }

    @Test(arguments: [(1900, 2, 29), (2023, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 1, 0)])
    func `dates no calendar has are refused`(_ year: Int, _ month: Int, _ day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func `a time is written and read back`(_ milliseconds: Int64, _ text: String) {
        #expect(RFC3339.text(ofMilliseconds: milliseconds) == text)
        #expect(RFC3339.milliseconds(of: text) == milliseconds)
    }

    @Test func `times beyond the years are shown at their bound`() {
        #expect(RFC3339.text(ofMilliseconds: .max) == "9999-12-31T23:59:59.999Z")
        #expect(RFC3339.text(ofMilliseconds: .min) == "0000-01-01T00:00:00.000Z")
    }

    @Test func `offsets, fractions and leap seconds are understood`() {
        let noon = RFC3339.milliseconds(of: "2024-03-01T12:00:00Z")
        #expect(RFC3339.milliseconds(of: "2024-03-01t14:30:00+02:30") == noon)
        #expect(RFC3339.milliseconds(of: "2024-02-29 23:00:00.0009-13:00") == noon)
        #expect(RFC3339.milliseconds(of: "2024-03-01T11:59:60z") == noon)
        #expect(RFC3339.milliseconds(of: "2024-03-01T12:00:00.5Z") == noon.map { $0 + 500 })
    }

    @Test(arguments: [
        "", "2024-03-01", "2024-03-01T12:00:00", "2024-03-01T24:00:00Z", "2024-03-01T12:60:00Z",
        "2024-03-01T12:00:61Z", "2024-03-01T12:00:00.Z", "2024-03-01T12:00:00+2:00",
        "2024-02-30T12:00:00Z", "2024-03-01T12:00:00Z ", "12024-03-01T12:00:00Z",
        "２０24-03-01T12:00:00Z",
    ])
    func `what is no time is refused`(_ text: String) {
        #expect(RFC3339.milliseconds(of: text) == nil)
    }
}

@Suite struct `Amounts for people` {
    @Test func `bytes take the unit that leaves three digits`() {
        let expected = [
            (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (1549, "1.5 kB"),
            (1550, "1.6 kB"), (20_400_000, "20.4 MB"), (99_940, "99.9 kB"), (99_960, "100 kB"),
            (416_000_000, "416 MB"), (999_949, "1.0 MB"), (.max, "9.2 EB"),
        ]
        for (count, text) in expected { #expect(HumanSize.text(ofBytes: count) == text) }
    }

    @Test func `spans and counts are grouped`() {
        #expect(HumanSize.text(ofMilliseconds: 12) == "12 ms")
        #expect(HumanSize.text(ofMilliseconds: 1789) == "1.7 s")
        #expect(HumanSize.text(ofMilliseconds: 185_000) == "3 min 5 s")
        #expect(HumanSize.text(ofMilliseconds: 7_440_000) == "2 h 4 min")
        #expect(HumanSize.text(ofCount: 41_600_000) == "41,600,000")
        #expect(HumanSize.text(ofCount: -999) == "-999")
        #expect(HumanSize.text(ofCount: .min) == "-9,223,372,036,854,775,808")
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

@Suite struct `Log lines` {
    @Test func `a line bears time, level, event and values`() {
        let lines = Lines()
        let logger = Logger(clock: { 0 }, sink: lines.add)
        logger.with(["peer": "ab12"]).info("connected", ["count": 3, "address": "a b=c"])
        #expect(
            lines.all == [
                "time=1970-01-01T00:00:00.000Z level=info event=connected peer=ab12 count=3 "
                    + "address=\"a b=c\"\n"
            ]
        )
    }

    @Test func `lines below the level are dropped`() {
        let lines = Lines()
        let logger = Logger(level: .warning, clock: { 0 }, sink: lines.add)
        logger.debug("a")
        logger.info("b")
        logger.warning("c")
        logger.error("d")
        #expect(lines.all.count == 2)
        #expect(LogLevel(name: "warning") == .warning)
        #expect(LogLevel(name: "loud") == nil)
    }

    @Test(arguments: LogFormat.allCases)
    func `a text from outside cannot forge a line or reach the terminal`(_ format: LogFormat) {
        let lines = Lines()
        let logger = Logger(format: format, clock: { 0 }, sink: lines.add)
        logger.info("said", ["text": "x\nlevel=error\r\u{1B}[2J\u{85}\u{2028}\"\\"])
        let line = lines.all.joined()
        #expect(line.unicodeScalars.filter { $0.value < 0x20 || $0.value == 0x85 }.count == 1)
        #expect(line.contains(#""x\nlevel=error\r\u001b[2J\u0085\u2028\"\\""#))
        #expect(line.hasPrefix(format == .json ? #"{"time":""# : "time="))
    }
}

@Suite struct `Counting` {
    @Test func `numbers from many threads are all counted`() async {
        let counters = Counters()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1000 { counters.add("taken", 2) } }
            }
        }
        counters.add("limit", .max)
        counters.add("limit", 1)
        counters.set("open", 3)
        #expect(counters["taken"] == 16_000)
        #expect(counters.snapshot.map(\.name) == ["limit", "open", "taken"])
        #expect(counters["limit"] == .max)
        #expect(counters["none"] == 0)
    }
}
