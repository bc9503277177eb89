import ArticleFormats
import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore

/// An article with its whole history.
struct ArticleHistory {
    let summary: ArticleSummary
    let graph: EventGraph
    /// The article as it stands.
    let state: ArticleState
    /// What the log says of each change.
    let headings: [ChangeID: ChangeHeading]
    /// What people saw of it, at any version.
    let analysis: ArticleAnalysis

    /// The version of all changes.
    var now: [ChangeID] { state.heads }

    /// The article at a version; the state that is kept where that is the newest.
    func state(at version: [ChangeID]) throws -> ArticleState {
        if version == now { return state }
        guard let part = graph.graph(of: version) else {
            throw ClientError(
                .integrity,
                "library.damaged",
                "The history of article \(summary.shortHandle) is not whole.",
                hint: "galley doctor looks at the damage"
            )
        }
        let merged = ArticleState(replaying: part)
        return analysis.shown(merged, at: version) ?? merged
    }

    /// The changes of a version that another lacks, parents first.
    func changes(in version: [ChangeID], since other: [ChangeID]) -> [Change] {
        let known = Set(graph.history(of: other))
        return graph.history(of: version).filter { !known.contains($0) }
            .compactMap { graph.change($0) }
    }

    /// What the article's changes did, to be told; all of them where none is named.
    func text(of changes: Set<ChangeID>? = nil) -> ChangeText {
        ChangeText(graph, changes, body: state.body.text, summary: state.summary.text)
    }
}

extension OpenLibrary {
    /// An article with its whole history.
    func history(_ text: String) throws -> ArticleHistory { try history(of: article(text)) }

    /// An article with its whole history.
    func history(of summary: ArticleSummary) throws -> ArticleHistory {
        guard let graph = try replica.graph(of: summary.id),
            let state = try replica.article(summary.id),
            let merged = try replica.mergedArticle(summary.id)
        else { throw damaged(summary.id) }
        var headings: [ChangeID: ChangeHeading] = [:]
        for heading in try replica.headings(of: summary.id) { headings[heading.change] = heading }
        return ArticleHistory(
            summary: summary,
            graph: graph,
            state: state,
            headings: headings,
            analysis: ArticleAnalysis(graph, merged: merged)
        )
    }

    // MARK: Changes by their ids

    /// The change that `text`, the beginning of its handle, names.
    func change(_ text: String) throws -> ChangeHeading {
        try only(try changes(text), text) {
            ClientError(
                .notFound,
                "change.unknown",
                "No change has an id that begins with “\(text)”.",
                hint: "galley log shows the ids of changes"
            )
        }
    }

    /// The changes whose handles begin with `text`.
    private func changes(_ text: String) throws -> [ChangeHeading] {
        guard text.utf8.count >= 4 else {
            throw ClientError(
                .usage,
                "id.short",
                "“\(text)” is too short for a change's id: give at least 4 letters of it.",
                hint: "galley log shows the ids of changes"
            )
        }
        return try replica.changes(handlePrefix: text, limit: 1_000)
    }

    private func only(
        _ found: [ChangeHeading],
        _ text: String,
        orElse missing: () -> ClientError
    ) throws -> ChangeHeading {
        guard let first = found.first else { throw missing() }
        guard found.count == 1 else {
            let shown = Array(found.prefix(10))
            let handles = try replica.shortHandles(ofChanges: shown.map(\.change))
            let candidates = try zip(handles, shown).map { handle, heading in
                let article = try replica.summary(of: heading.article)
                return "  \(handle)  \(client.localTime(heading.timeMilliseconds))  "
                    + "\(name(of: heading.device))  \(article?.displayTitle ?? "")"
            }
            throw ClientError(
                .usage,
                "id.ambiguous",
                "“\(text)” is the beginning of several changes' ids; give more letters:\n"
                    + candidates.joined(separator: "\n")
            )
        }
        return first
    }

    /// The shortest text that names a change.
    func handle(of change: ChangeID) throws -> String {
        try replica.shortHandles(ofChanges: [change]).first ?? String(change.handle.prefix(8))
    }

    // MARK: Versions

    /// The version that `text` names: changes by the beginnings of their ids, with all they go on
    /// from; several parted by commas; `@` is the newest; each `^` behind one goes back to what it
    /// goes on from.
    func version(_ text: String, of history: ArticleHistory) throws -> [ChangeID] {
        var heads: Set<ChangeID> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            heads.formUnion(try versionPart(String(part), of: history))
        }
        // A head that another one goes on from adds nothing.
        let redundant = heads.filter { head in
            heads.contains { history.graph.isAncestor(head, of: $0) }
        }
        return heads.subtracting(redundant).sorted()
    }

    private func versionPart(_ text: String, of history: ArticleHistory) throws -> [ChangeID] {
        let base = text.prefix { $0 != "^" }
        let steps = text.dropFirst(base.count)
        let isHandle = base.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
        }
        guard steps.allSatisfy({ $0 == "^" }), isHandle || base == "@" else {
            throw ClientError(
                .usage,
                "version.malformed",
                "“\(text)” names no version: give a change's id, '@' for now, and '^' behind either "
                    + "for what it goes on from.",
                hint: "galley log \(history.summary.shortHandle) shows the ids of changes"
            )
        }
        var heads: [ChangeID]
        if base == "@" {
            heads = history.now
        } else {
            heads = [try change(String(base), of: history)]
        }
        for _ in steps {
            let parents = Set(heads.flatMap { history.graph.change($0)?.parents ?? [] })
            guard !parents.isEmpty else {
                throw ClientError(
                    .notFound,
                    "version.unknown",
                    "“\(text)” goes back to before the article began."
                )
            }
            heads = parents.sorted()
        }
        return heads
    }

    /// A change of an article that has an effect.
    private func change(_ text: String, of history: ArticleHistory) throws -> ChangeID {
        let all = try changes(text)
        let summary = history.summary
        let found = try only(all.filter { $0.article == summary.id }, text) {
            if let other = all.first {
                return ClientError(
                    .notFound,
                    "version.unknown",
                    "Change \(text) is none of article \(summary.shortHandle): it changed article "
                        + "\(other.article.handle.prefix(8)).",
                    hint: "galley log \(summary.shortHandle) shows the ids of its changes"
                )
            }
            return ClientError(
                .notFound,
                "version.unknown",
                "Article \(summary.shortHandle) has no change whose id begins with “\(text)”.",
                hint: "galley log \(summary.shortHandle) shows the ids of its changes"
            )
        }
        let fault = history.state.faults.first { $0.change == found.change }
        let isVoid = history.graph.isVoid(found.change)
        if found.isUnreadable || isVoid || fault != nil {
            let reason =
                isVoid
                ? "its author had no more right to make it"
                : fault.map { "it \($0.fault.message)" } ?? "it cannot be read here"
            throw ClientError(
                .notFound,
                "version.void",
                "Change \(text) has no effect: \(reason)."
            )
        }
        return found.change
    }

    // MARK: People

    /// The users or devices that `text` names: a user, `user/device`, or `me`.
    func changeFilter(by text: String?, since: String?) throws -> ChangeFilter {
        var filter = ChangeFilter()
        if let since { filter.since = try client.time(ofWords: since, option: "since") }
        guard let text else { return filter }
        if text == "me", let user {
            filter.authors = [user]
            return filter
        }
        let users = members.users.map(\.id).filter { name(of: $0) == text }
        let devices = members.devices.filter { name(of: $0.key) == text }
        guard !users.isEmpty || !devices.isEmpty else {
            let names = members.users.map { name(of: $0.id) }.sorted().joined(separator: ", ")
            throw ClientError(
                .notFound,
                "user.unknown",
                "Nobody in this library is called “\(text)”. Its members: \(names).",
                hint: "galley user list shows who is in, with their devices"
            )
        }
        if users.isEmpty {
            filter.devices = Set(devices.map(\.key))
        } else {
            filter.authors = Set(users)
        }
        return filter
    }
}
