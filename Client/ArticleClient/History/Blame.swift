import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// Who wrote which words of an article's body, by the changes that inserted them.
struct Blame {
    /// A stretch of one paragraph that one change wrote.
    struct Run {
        /// The paragraph, from 1.
        let block: Int
        /// The scalars of the body.
        var range: Range<Int>
        let change: ChangeID
        var text: String
    }

    /// Words of one paragraph, next to each other, that belong together.
    struct Row {
        /// The paragraph, from 1.
        let block: Int
        /// The changes that wrote them.
        var changes: Set<ChangeID>
        /// The last of these.
        var last: ChangeID
        var text: String
    }

    private let state: ArticleState
    private let headings: [ChangeID: ChangeHeading]
    private let scalars: [Unicode.Scalar]
    private let blocks: BodyBlocks

    /// Makes ready to tell of the body of `state`.
    init(_ state: ArticleState, _ library: OpenLibrary) throws {
        self.state = state
        headings = try library.replica.headings(
            ofChanges: Set(state.body.attribution.map(\.change))
        )
        scalars = state.body.text.scalars
        blocks = BodyBlocks(state.body.text)
    }

    /// What the log says of a change that wrote something.
    func heading(_ change: ChangeID) -> ChangeHeading? { headings[change] }

    /// Whether the article began with these words.
    func isImport(_ change: ChangeID) -> Bool { change == state.seed }

    /// The stretches, cut where paragraphs end; blanks go with the words before them, so that words
    /// somebody put in place of others are one run.
    func runs(in block: Int? = nil) -> [Run] {
        var runs: [Run] = []
        func add(_ range: Range<Int>, _ change: ChangeID) {
            let number = blocks.number(at: range.lowerBound)
            guard block == nil || number == block else { return }
            let text = String(String.UnicodeScalarView(scalars[range]))
            let isBlank = scalars[range].allSatisfy(\.properties.isWhitespace)
            if let last = runs.last, last.block == number, isBlank || last.change == change {
                runs[runs.count - 1].text += text
                runs[runs.count - 1].range = last.range.lowerBound..<range.upperBound
            } else if !isBlank {
                runs.append(Run(block: number, range: range, change: change, text: text))
            }
        }
        for part in state.body.attribution {
            var start = part.range.lowerBound
            func end(_ position: Int) {
                if start < position { add(start..<position, part.change) }
            }
            for position in part.range where scalars[position] == "\n" {
                end(position)
                start = position + 1
            }
            end(part.range.upperBound)
        }
        return runs
    }

    /// The words, each by the change that had the last hand in it; those of one change, or of one
    /// device where `byDevice`, that stand next to each other are a row.
    func rows(in block: Int? = nil, byDevice: Bool) -> [Row] {
        var rows: [Row] = []
        var word: (range: Range<Int>, change: ChangeID)?
        func end() {
            guard let (range, change) = word else { return }
            word = nil
            let number = blocks.number(at: range.lowerBound)
            guard block == nil || number == block else { return }
            let text = String(String.UnicodeScalarView(scalars[range]))
            if let last = rows.last, last.block == number,
                belong(last.last, change, byDevice: byDevice)
            {
                rows[rows.count - 1].text += (lastEnd == range.lowerBound ? "" : " ") + text
                rows[rows.count - 1].changes.insert(change)
                rows[rows.count - 1].last = later(last.last, change)
            } else {
                rows.append(Row(block: number, changes: [change], last: change, text: text))
            }
            lastEnd = range.upperBound
        }
        var lastEnd = -1
        var lastKind = WordKind.blank
        for part in state.body.attribution {
            for position in part.range {
                let scalar = scalars[position]
                let kind = WordKind(scalar)
                if kind != lastKind || kind == .single { end() }
                lastKind = kind
                guard kind != .blank else { continue }
                if let (range, change) = word {
                    word = (
                        range.lowerBound..<position + 1,
                        change == part.change ? change : later(change, part.change)
                    )
                } else {
                    word = (position..<position + 1, part.change)
                }
            }
        }
        end()
        return rows
    }

    private func belong(_ one: ChangeID, _ other: ChangeID, byDevice: Bool) -> Bool {
        if one == other { return true }
        guard byDevice, !isImport(one), !isImport(other) else { return false }
        return headings[one]?.device == headings[other]?.device
    }

    private func later(_ one: ChangeID, _ other: ChangeID) -> ChangeID {
        guard one != other, !isImport(one) else { return other }
        guard !isImport(other), let first = headings[one], let second = headings[other] else {
            return one
        }
        return ChangeHeading.isLater(first, than: second) ? one : other
    }
}

/// What a scalar is for the words around it.
private enum WordKind {
    case blank
    case letter
    case sign
    /// A word of its own, as ideographs are.
    case single

    init(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        if properties.isWhitespace {
            self = .blank
        } else if UnicodeForms.columns(of: scalar) == 2 {
            self = .single
        } else if properties.isAlphabetic || properties.numericType != nil
            || UnicodeForms.columns(of: scalar) == 0
        {
            self = .letter
        } else {
            self = .sign
        }
    }
}
