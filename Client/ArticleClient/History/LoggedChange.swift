import ArticleFormats
import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore

/// A change as `galley log` lists it.
struct LoggedChange {
    let heading: ChangeHeading
    /// The letters that name it.
    let handle: String
    /// Nil where it cannot be read.
    let change: Change?
    /// What it did, in a few words.
    let what: String
    /// What it did to the texts, place by place.
    let edits: [(place: String, edit: ChangeAccount.Edit)]
    /// Why it has no effect; nil where it has one.
    let fault: Fault?
    /// Whether it was made when its author had no more right to.
    let isVoid: Bool
    /// The article, where several are listed.
    var article: ArticleSummary?

    init(
        _ heading: ChangeHeading,
        handle: String,
        change: Change?,
        in text: ChangeText?,
        fault: Fault?,
        isVoid: Bool,
        article: ArticleSummary? = nil
    ) {
        self.heading = heading
        self.handle = handle
        self.change = change
        self.fault = fault
        self.isVoid = isVoid
        self.article = article
        if let change {
            what = text?.facts(change) ?? ChangeText.bare(change)
            edits = text?.edits(change.id) ?? []
        } else {
            // A seed need not be read to say what it did.
            what = heading.isSeed && !heading.isUnreadable ? "imported" : "cannot be read here"
            edits = []
        }
    }

    /// Whether the hub has not given it a position.
    func isPending(in library: OpenLibrary) -> Bool {
        heading.position == nil && library.members.hub != nil
    }

    /// What it did, and what else is to be known of it.
    func facts(in library: OpenLibrary) -> StyledText {
        var text = StyledText(what)
        if let fault { text.append(" — without effect: it \(fault.message)", .red) }
        if isVoid { text.append(" — void: its author had no more right to", .red) }
        if isPending(in: library) { text.append(" · pending", .dim) }
        return text
    }

    /// The change for scripts.
    func json(in library: OpenLibrary) -> JSONValue {
        var object: [JSONValue.Member] = [
            .init("id", .string(heading.change.description)),
            .init("handle", .string(heading.change.handle)), .init("short", .string(handle)),
            .init("entry", .string(heading.entry.description)),
            .init("article", .string(heading.article.handle)),
        ]
        if let article { object.append(.init("title", .string(article.title))) }
        object += [
            .init("user", .string(library.name(of: heading.author))),
            .init("device", .string(library.name(of: heading.device))),
            .init(
                "time",
                .string(ArticleDate.utcText(milliseconds: heading.timeMilliseconds))
            ),
            .init("sequence", .integer(Int64(clamping: heading.sequence))),
            .init("lamport", .integer(Int64(clamping: heading.lamport))),
            .init("parents", .strings((change?.parents ?? []).map(\.description))),
            .init(
                "position",
                heading.position.map { .integer(Int64(clamping: $0)) } ?? .null
            ),
            .init("pending", .bool(isPending(in: library))),
            .init("fault", .optional(fault?.message)), .init("void", .bool(isVoid)),
            .init("what", .string(what)),
            .init(
                "edits",
                .array(
                    edits.map { place, edit in
                        [
                            "place": .string(place),
                            "before": .string(edit.before.string),
                            "after": .string(edit.after.string),
                        ]
                    }
                )
            ),
        ]
        return .object(object)
    }
}
