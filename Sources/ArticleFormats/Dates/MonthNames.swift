/// The names of months and weekdays, folded, in the languages of the pages we have met.
enum MonthNames {
    /// The number of a month, 1 to 12, by any of its names.
    static let numbers: [String: Int] = {
        var numbers: [String: Int] = [:]
        for language in names {
            for (index, month) in language.enumerated() {
                for name in month.split(separator: "/") {
                    numbers[UnicodeForms.folded(String(name))] = index + 1
                }
            }
        }
        return numbers
    }()

    /// The weekdays' names.
    static let weekdays = Set(
        weekdayNames.split(separator: " ").map { UnicodeForms.folded(String($0)) }
    )

    /// Twelve months a language, forms of one month parted by strokes.
    private static let names: [[String]] = [
        [
            "january/jan", "february/feb", "march/mar", "april/apr", "may", "june/jun",
            "july/jul", "august/aug", "september/sept/sep", "october/oct", "november/nov",
            "december/dec",
        ],
        [
            "januar/jänner/jän", "februar/feber", "märz/mär/mrz", "april", "mai", "juni", "juli",
            "august", "september", "oktober/okt", "november", "dezember/dez",
        ],
        [
            "janvier/janv", "février/févr/fév", "mars", "avril/avr", "mai", "juin",
            "juillet/juil", "août", "septembre", "octobre", "novembre", "décembre/déc",
        ],
        [
            "enero/ene", "febrero", "marzo", "abril/abr", "mayo", "junio", "julio", "agosto/ago",
            "septiembre/setiembre", "octubre", "noviembre", "diciembre/dic",
        ],
        [
            "gennaio/gen", "febbraio/febbr", "marzo", "aprile", "maggio/mag", "giugno/giu",
            "luglio/lug", "agosto", "settembre/sett", "ottobre/ott", "novembre", "dicembre",
        ],
        [
            "janeiro", "fevereiro/fev", "março", "abril", "maio", "junho", "julho", "agosto",
            "setembro/set", "outubro/out", "novembro", "dezembro",
        ],
        [
            "januari", "februari", "maart/mrt", "april", "mei", "juni", "juli", "augustus",
            "september", "oktober", "november", "december",
        ],
        [
            "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
            "oktober", "november", "december",
        ],
        [
            "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september",
            "oktober", "november", "desember",
        ],
        [
            "января/январь", "февраля/февраль", "марта/март", "апреля/апрель", "мая/май",
            "июня/июнь", "июля/июль", "августа/август", "сентября/сентябрь", "октября/октябрь",
            "ноября/ноябрь", "декабря/декабрь",
        ],
        [
            "січня/січень", "лютого/лютий", "березня/березень", "квітня/квітень",
            "травня/травень", "червня/червень", "липня/липень", "серпня/серпень",
            "вересня/вересень", "жовтня/жовтень", "листопада/листопад", "грудня/грудень",
        ],
        [
            "ocak", "şubat", "mart", "nisan", "mayıs", "haziran", "temmuz", "ağustos", "eylül",
            "ekim", "kasım", "aralık",
        ],
        [
            "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia",
            "września", "października", "listopada", "grudnia",
        ],
        [
            "ledna", "února", "března", "dubna", "května", "června", "července", "srpna", "září",
            "října", "listopadu", "prosince",
        ],
        [
            "januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus",
            "september", "oktober", "november", "desember",
        ],
        [
            "يناير/كانون الثاني", "فبراير/شباط", "مارس/آذار", "أبريل/إبريل/نيسان",
            "مايو/أيار", "يونيو/حزيران", "يوليو/تموز", "أغسطس/آب/اغسطس", "سبتمبر/أيلول",
            "أكتوبر/اكتوبر", "نوفمبر", "ديسمبر",
        ],
        [
            "जनवरी", "फ़रवरी/फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर",
            "अक्टूबर", "नवंबर", "दिसंबर",
        ],
        [
            "جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر",
            "نومبر", "دسمبر",
        ],
    ]

    private static let weekdayNames = """
        monday mon tuesday tue tues wednesday wed thursday thu thurs friday fri saturday sat \
        sunday sun montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi \
        mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes \
        sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça \
        quarta quinta sexta feira понедельник вторник среда четверг пятница суббота \
        воскресенье pazartesi salı çarşamba perşembe cuma cumartesi pazar maandag dinsdag \
        woensdag donderdag vrijdag zaterdag zondag الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة \
        السبت
        """
}
