import ArticleModel

/// Words of an article that something is to be said about: a note on them, or a conflict.
///
/// The page shows them by style and sign; who wants more on it adds marks.
public struct PageMark: Hashable, Sendable {
    /// Where words can be marked.
    public enum Place: Hashable, Comparable, Sendable {
        /// The title.
        case title
        /// The summary, a point a line.
        case summary
        /// The body.
        case body
        /// A picture's caption, by its number from 0.
        case caption(Int)
    }

    /// Which text it is in.
    public let place: Place
    /// The scalars of that text; none where something stood that is gone.
    public let range: Range<Int>
    /// How the words stand out.
    public let style: Style
    /// What is put before them: nothing, or a bracket.
    public let opening: String
    /// What is put behind them: the sign, as in `[1]`.
    public let label: String
    /// What is said about them, for the margin; none where that stands elsewhere.
    public let remark: [StyledText]

    /// Marks words.
    public init(
        _ place: Place,
        _ range: Range<Int>,
        style: Style,
        opening: String = "",
        label: String,
        remark: [StyledText]
    ) {
        self.place = place
        self.range = range
        self.style = style
        self.opening = opening
        self.label = label
        self.remark = remark
    }
}

/// The marks of one text, to be put into it.
struct MarkedText {
    private let scalars: [Unicode.Scalar]
    /// The marks with their numbers, in the order in which they begin.
    private let marks: [(number: Int, mark: PageMark)]

    init(_ text: String, _ marks: [(number: Int, mark: PageMark)]) {
        scalars = Array(text.unicodeScalars)
        self.marks = marks
    }

    /// Words of the text with the marks in them; a mark's sign carries its number.
    ///
    /// `isLast` says that the text ends here, so that marks at its end belong to it.
    func words(_ range: Range<Int>, _ style: Style = [], isLast: Bool) -> StyledText {
        var text = StyledText()
        func isHere(_ position: Int) -> Bool {
            range.contains(position)
                || position == range.upperBound
                    && (isLast || position > range.lowerBound)
        }
        let ends = marks.filter { isHere($0.mark.range.upperBound) }
            .sorted { $0.mark.range.upperBound < $1.mark.range.upperBound }
        let starts = marks.filter {
            range.contains($0.mark.range.lowerBound)
                || $0.mark.range.isEmpty && isHere($0.mark.range.lowerBound)
        }.sorted { $0.mark.range.lowerBound < $1.mark.range.lowerBound }
        let relevant = marks.filter {
            $0.mark.range.lowerBound < range.upperBound
                && $0.mark.range.upperBound > range.lowerBound
        }
        var cuts = Set([range.lowerBound, range.upperBound])
        for (_, mark) in relevant + ends + starts {
            cuts.insert(min(max(mark.range.lowerBound, range.lowerBound), range.upperBound))
            cuts.insert(min(max(mark.range.upperBound, range.lowerBound), range.upperBound))
        }
        let places = cuts.sorted()
        for (index, place) in places.enumerated() {
            for (number, mark) in ends
            where mark.range.upperBound == place && !mark.range.isEmpty {
                text.append(
                    mark.label,
                    mark.style.union(.bold).subtracting(.underline),
                    mark: number
                )
            }
            for (number, mark) in starts where mark.range.lowerBound == place {
                text.append(mark.opening, mark.style.union(.bold).subtracting(.underline))
                guard mark.range.isEmpty else { continue }
                text.append(
                    mark.label,
                    mark.style.union(.bold).subtracting(.underline),
                    mark: number
                )
            }
            guard index + 1 < places.count else { break }
            let next = places[index + 1]
            var wordStyle = style
            for (_, mark) in relevant
            where mark.range.lowerBound <= place && mark.range.upperBound >= next {
                wordStyle.formUnion(mark.style)
            }
            text.append(String(String.UnicodeScalarView(scalars[place..<next])), wordStyle)
        }
        return text
    }
}
