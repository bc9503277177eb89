import ArticleFormats
import ArticleMerge
import ArticleModel
import ReplicaStore

extension OpenLibrary {
    /// The conflicts of one article, or of all.
    func conflicts(of article: ArticleID? = nil) throws -> [FoundConflict] {
        try replica.conflicts(of: article).map { try FoundConflict($0, self) }
    }

    /// Who made some changes.
    func sides(_ changes: some Collection<ChangeID>) throws -> [ChangeID: Side] {
        let changes = changes.sorted()
        let headings = try replica.headings(ofChanges: changes)
        let handles = try replica.shortHandles(ofChanges: changes)
        var sides: [ChangeID: Side] = [:]
        for (change, handle) in zip(changes, handles) {
            let heading = headings[change]
            // The beginning of an article may be everybody's.
            let isSeed = heading?.isSeed ?? false
            sides[change] = Side(
                change: change,
                handle: handle,
                heading: heading,
                user: isSeed ? "import" : heading.map { name(of: $0.author) } ?? "?",
                device: isSeed ? "import" : heading.map { name(of: $0.device) } ?? "?"
            )
        }
        return sides
    }

    /// What is wrong where an article is listed and cannot be read.
    func damaged(_ article: ArticleID) -> ClientError {
        ClientError(
            .integrity,
            "library.damaged",
            "Article \(article.handle.prefix(8)) is listed but cannot be read.",
            hint: "galley doctor --rebuild derives everything anew from the log"
        )
    }

    /// The open conflict that `text`, the beginning of its id, names.
    func conflict(_ text: String) throws -> FoundConflict {
        guard text.utf8.count >= 4 else {
            throw ClientError(
                .usage,
                "id.short",
                "“\(text)” is too short for a conflict's id: give at least 4 letters of it.",
                hint: "galley conflicts lists them"
            )
        }
        let found = try replica.conflicts(handlePrefix: text, limit: 10)
        guard let first = found.first else {
            if try replica.closings(handlePrefix: text).isEmpty, let next = try successor(of: text)
            {
                throw try stale(next, "Conflict \(text) is another one now")
            }
            throw try goneConflict(text)
        }
        guard found.count == 1 else {
            throw ClientError(
                .usage,
                "id.ambiguous",
                "“\(text)” is the beginning of several conflicts' ids; give more letters:\n"
                    + found.map { "  \($0.shortHandle)" }.joined(separator: "\n")
            )
        }
        return try FoundConflict(first, self)
    }

    /// Shows how a conflict stands now; gives what is wrong with going by how it stood.
    func stale(_ found: FoundConflict, _ what: String) throws -> ClientError {
        let handle = found.record.shortHandle
        if client.output.isText {
            ConflictText(library: self).show(found)
        } else if case .object(let members) = found.json(in: self) {
            client.output.json(.object([.init("schema", "galley.conflict/1")] + members))
        }
        return ClientError(
            .attention,
            "conflict.stale",
            "\(what): a side has changed since it was shown. Now it is \(handle) with the token "
                + "\(found.record.token); nothing was resolved.",
            hint: "galley resolve \(handle) … --expect \(found.record.token) goes by what it is now"
        )
    }

    /// The open conflict that one whose id begins with `text` has become when a side went on.
    private func successor(of text: String) throws -> FoundConflict? {
        var graphs: [ArticleID: EventGraph] = [:]
        for record in try replica.conflicts() {
            guard case .text(let field, _) = record.conflict.subject,
                let graph = try graphs[record.article] ?? replica.graph(of: record.article)
            else { continue }
            graphs[record.article] = graph
            // A key is a hunk or a closing of one of the changes that led to the sides.
            for change in graph.history(of: record.conflict.sides) {
                for number in Int32(-8)...64 {
                    let key = ConflictKey(change: change, number: number)
                    guard isNamed(.text(field, key), in: record.article, by: text) else { continue }
                    return try FoundConflict(record, self)
                }
            }
        }
        return nil
    }

    /// Who settled a conflict that is not open any more; nil where that is not known.
    func settler(of subject: ArticleConflict.Subject, in article: ArticleID) throws -> Side? {
        let change: ChangeID?
        let state = try replica.article(article)
        switch subject {
        case .text:
            let id = ConflictRecord.id(of: subject, in: article)
            change = try replica.closings(handlePrefix: id.handle).first?.change
        case .field(let field): change = state?.register(of: field)?.entries.first?.stamp.change
        case .note(let id): change = state?.notes.text(of: id)?.entries.first?.stamp.change
        case .article:
            change = try replica.graph(of: article)?.changes.last {
                $0.operations.contains(.undeleteArticle) || $0.operations.contains(.deleteArticle)
            }?.id
        }
        return try change.flatMap { try sides([$0])[$0] }
    }

    /// Says that a conflict is not open: settled, by whom, or never known.
    private func goneConflict(_ text: String) throws -> ClientError {
        guard let (article, subject) = try goneSubject(text),
            let side = try settler(of: subject, in: article), side.heading?.isSeed == false
        else {
            return ClientError(
                .notFound,
                "conflict.unknown",
                "No open conflict has an id that begins with “\(text)”. It may be resolved, or a "
                    + "side of it may have changed so that it is another one.",
                hint: "galley conflicts lists those that are open"
            )
        }
        let handle = try replica.summary(of: article)?.shortHandle ?? "?"
        return ClientError(
            .notFound,
            "conflict.gone",
            "Conflict \(text) in \(handle) is resolved already: by \(side.text(in: self)) with "
                + "change \(side.handle).",
            hint: "galley diff \(handle) \(side.handle)^ \(side.handle) shows what was done"
        )
    }

    /// What a conflict was about whose id begins with `text`, and that is not open.
    private func goneSubject(
        _ text: String
    ) throws -> (article: ArticleID, subject: ArticleConflict.Subject)? {
        for (article, change) in try replica.closings(handlePrefix: text) {
            let operations = try replica.graph(of: article)?.change(change)?.operations ?? []
            for case .close(let field, let keys) in operations {
                for key in keys where isNamed(.text(field, key), in: article, by: text) {
                    return (article, .text(field, key))
                }
            }
        }
        // The ids of the others follow from the article and the field.
        var filter = ArticleFilter()
        filter.deleted = .included
        for summary in try replica.articles(filter) {
            for field in Field.known where isNamed(.field(field), in: summary.id, by: text) {
                return (summary.id, .field(field))
            }
            if isNamed(.article, in: summary.id, by: text) { return (summary.id, .article) }
        }
        return nil
    }

    private func isNamed(
        _ subject: ArticleConflict.Subject,
        in article: ArticleID,
        by text: String
    ) -> Bool {
        ConflictRecord.id(of: subject, in: article).handle.hasPrefix(text.lowercased())
    }
}

extension NoteSet {
    /// What an annotation or a reply says.
    fileprivate func text(of id: AnnotationID) -> Register<ScalarText>? {
        for note in notes {
            if note.id == id { return note.text }
            if let reply = note.replies.first(where: { $0.id == id }) { return reply.text }
        }
        return nil
    }
}
