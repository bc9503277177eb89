import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

/// The notes of an article as marks on its page.
struct NoteMarks {
    /// A note that stands at words of the page.
    struct Placed {
        let note: Note
        let mark: PageMark
    }

    /// Those that stand at words, in the order of the text.
    private(set) var placed: [Placed] = []
    /// The others: on the article as a whole, on a field that is not text, or orphans.
    private(set) var others: [Note] = []

    /// Finds where the notes that are to be shown stand; numbers them.
    init(_ state: ArticleState, _ library: OpenLibrary, signs: (Int) -> String) throws {
        var found: [(place: PageMark.Place, range: Range<Int>, note: Note)] = []
        for note in state.notes.notes.filter(\.isShown).sorted(by: { $0.stamp < $1.stamp }) {
            if let (place, range) = Self.place(of: note, in: state) {
                found.append((place, range, note))
            } else {
                others.append(note)
            }
        }
        found.sort {
            ($0.place, $0.range.lowerBound, $0.range.upperBound)
                < ($1.place, $1.range.lowerBound, $1.range.upperBound)
        }
        for (index, (place, range, note)) in found.enumerated() {
            let sign = signs(index + 1)
            placed.append(
                Placed(
                    note: note,
                    mark: PageMark(
                        place,
                        range,
                        style: note.state.shown == .open
                            ? [.underline, .yellow] : [.underline, .dim],
                        label: sign,
                        remark: try Self.remark(on: note, sign: sign, state, library)
                    )
                )
            )
        }
    }

    private static func place(
        of note: Note,
        in state: ArticleState
    ) -> (PageMark.Place, Range<Int>)? {
        switch state.resolve(note) {
        case .article, .orphan: return nil
        case .text(.summary, let range): return (.summary, range)
        case .text(.body, let range): return (.body, range)
        case .field(.title, let value, _, let range):
            // The title shown may be another one.
            let shown = state.register(of: .title)?.entries.first?.stamp.change
            return shown == value ? (.title, range) : nil
        case .field(.captions, let value, let item, let range):
            let shown = state.register(of: .captions)?.entries.first?.stamp.change
            return shown == value ? (.caption(item), range) : nil
        case .field: return nil
        }
    }

    /// A note as the margin has it: without its words, which stand beside it.
    private static func remark(
        on note: Note,
        sign: String,
        _ state: ArticleState,
        _ library: OpenLibrary
    ) throws -> [StyledText] {
        var head = StyledText(sign + " ", .bold)
        head.append(try library.replica.shortHandle(of: note.id), .handle)
        head.append(" ")
        head.append(VisibleText.line(library.name(of: note.author)), .person)
        head.append(" " + library.client.localDay(note.timeMilliseconds), .dim)
        if note.kind != .comment { head.append(" \(note.kind)") }
        if note.state.shown != .open { head.append(" \(note.state.shown)") }
        for tag in note.tags.tags { head.append(" #\(VisibleText.line(tag.string))") }
        var remark = [head]
        if note.isDeleted {
            remark.append("(deleted by its author)")
        } else {
            for text in note.text.values where !text.isEmpty {
                remark.append(StyledText(text.string))
            }
        }
        for reply in note.replies where !reply.isDeleted {
            var text = StyledText("↳ ")
            text.append(VisibleText.line(library.name(of: reply.author)), .person)
            text.append(": \(reply.text.shown.string)")
            remark.append(text)
        }
        return remark
    }
}
