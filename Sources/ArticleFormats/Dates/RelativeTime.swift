import ArticleModel

/// A time told from now: "5 sec ago", "il y a 3 heures".
struct RelativeTime: Hashable {
    /// The units, from the finest.
    enum Unit: Int { case second, minute, hour, day, week, month, year }

    /// The words, folded, as in "5 sec ago".
    let words: String
    /// How many units.
    let count: Int
    /// The unit.
    let unit: Unit

    /// The first relative time in `text`.
    static func find(in text: String) -> Self? {
        let tokens = Token.tokens(of: Line.key(text))
        for index in tokens.indices {
            guard case .number(let count, let digits) = tokens[index], digits <= 3 else { continue }
            guard index + 1 < tokens.count, let name = tokens[index + 1].word else { continue }
            guard let unit = units[name] else { continue }
            let behind = index + 2 < tokens.count ? tokens[index + 2].word : nil
            if let behind, suffixes.contains(behind) {
                return Self(words: "\(count) \(name) \(behind)", count: count, unit: unit)
            }
            let before = tokens[max(0, index - 3)..<index].compactMap(\.word)
            for length in [3, 2, 1] where before.count >= length {
                let prefix = before.suffix(length).joined(separator: " ")
                guard prefixes.contains(prefix) else { continue }
                return Self(words: "\(prefix) \(count) \(name)", count: count, unit: unit)
            }
        }
        return nil
    }

    /// What the words say if the page was fetched at `milliseconds` since 1970, in UTC, no finer
    /// than the words are: "3 hours ago" gives a day, since minutes were not said.
    func reading(fetchedAt milliseconds: Int64) -> ArticleDate.Reading? {
        let seconds = milliseconds / 1000
        let (day, hour, minute) = (Int64(86_400), Int64(3_600), Int64(60))
        let past: Int64
        switch unit {
        case .second: past = Int64(count)
        case .minute: past = Int64(count) * minute
        case .hour: past = Int64(count) * hour
        case .day: past = Int64(count) * day
        case .week: past = Int64(count) * 7 * day
        case .month, .year: past = 0
        }
        let moment = CivilTime(secondsSince1970: seconds - past)
        switch unit {
        case .second:
            return .init(
                year: moment.year,
                month: moment.month,
                day: moment.day,
                hour: moment.hour,
                minute: moment.minute,
                second: moment.second,
                offsetMinutes: 0
            )
        case .minute:
            return .init(
                year: moment.year,
                month: moment.month,
                day: moment.day,
                hour: moment.hour,
                minute: moment.minute,
                offsetMinutes: 0
            )
        case .hour, .day, .week:
            return .init(year: moment.year, month: moment.month, day: moment.day)
        case .month:
            let months = moment.year * 12 + moment.month - 1 - count
            return .init(year: months / 12, month: months % 12 + 1)
        case .year:
            return .init(year: moment.year - count)
        }
    }

    private static let suffixes: Set<String> = ["ago", "önce", "fa", "atrás", "назад", "тому", "前"]

    private static let prefixes: Set<String> = [
        "il y a", "vor", "hace", "há", "před", "пред", "منذ", "قبل", "för",
    ]

    private static let units: [String: Unit] = {
        let table: [(Unit, String)] = [
            (
                .second,
                "sec secs second seconds s sekunden sekunde secondes seconde segundos secondi"
            ),
            (.minute, "min mins minute minutes m minuten minutos minuti минут минуты dakika 分"),
            (
                .hour,
                "hour hours hr hrs h stunde stunden heure heures hora horas ore ora часов часа saat hodinami"
            ),
            (
                .day,
                "day days d tag tage tagen jour jours día días dia dias giorni giorno дней дня gün dny"
            ),
            (.week, "week weeks w woche wochen semaine semaines semana semanas недели недель"),
            (
                .month,
                "month months mo monat monate monaten mois mes meses mesi mese месяцев месяца"
            ),
            (.year, "year years yr yrs y jahr jahre jahren an ans año años ano anos anni лет года"),
        ]
        var units: [String: Unit] = [:]
        for (unit, names) in table {
            for name in names.split(separator: " ") {
                units[UnicodeForms.folded(String(name))] = unit
            }
        }
        return units
    }()
}

/// A moment of the Gregorian calendar in UTC.
struct CivilTime {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int

    /// Splits seconds since 1970 (days to civil date by the era of 400 years).
    init(secondsSince1970 seconds: Int64) {
        let dayNumber = seconds.quotientFloor(86_400)
        let rest = Int(seconds - dayNumber * 86_400)
        let shifted = dayNumber + 719_468
        let era = shifted.quotientFloor(146_097)
        let dayOfEra = Int(shifted - era * 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = Int(era) * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
    }
}

extension Int64 {
    fileprivate func quotientFloor(_ divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
