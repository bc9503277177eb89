import ArticleMerge
import ArticleModel
import Membership
import SQLite

/// Collects what entries do to articles and derives each article once, however many touched it.
///
/// The rows of an article are a pure function of the set of its changes in the log and of the
/// membership log: neither order of arrival nor batches show in them.
struct ArticleDerivation {
    private var pending: [ArticleID: PendingArticle] = [:]
    private var order: [ArticleID] = []

    /// The number of articles to derive.
    var count: Int { order.count }

    /// Takes in a part of an entry whose row is written; `isNew` unless its change was there before,
    /// `isFirst` if it is a seed and no change of its article was.
    mutating func add(
        _ part: ChangePart,
        of entry: LogEntry,
        isNew: Bool,
        isFirst: Bool,
        in replica: Replica
    ) throws {
        var article = try takePending(part.article, isFirst: isFirst, in: replica)
        if isNew { article.newChangeCount += 1 }
        switch part.fault {
        case .needsNewer:
            article.needsNewer = true
        case .faulty(let code):
            let faulty = FaultyChange(change: part.id, fault: Fault(code))
            article.source = try appending(faulty, to: article.source, part.article, in: replica)
        case nil:
            let last = LastChange(part.id, of: entry)
            article.last = max(article.last ?? last, last)
            if let content = part.content {
                let change = Change(part, content, of: entry)
                article.source = try appending(
                    change,
                    part.columns,
                    to: article.source,
                    part.article,
                    isFirst: isFirst,
                    in: replica
                )
            }
        }
        pending[part.article] = article
    }

    /// Whether there is an article that was begun by what was taken in so far.
    func contains(_ id: ArticleID) -> Bool {
        guard let article = pending[id] else { return false }
        if case .none = article.source { return false }
        return true
    }

    /// The state of an article with all that was taken in so far; nil where there is none.
    mutating func currentState(of id: ArticleID, in replica: Replica) throws -> ArticleState? {
        guard var article = pending.removeValue(forKey: id) else {
            return try replica.loadState(of: id)
        }
        defer { pending[id] = article }
        let state: ArticleState?
        switch article.source {
        case .none: state = nil
        case .stored: return try replica.loadState(of: id)
        case .seed(let seed, _): state = try ArticleState(seed: seed)
        case .state(let known): return known
        case .walk(let walk): return walk.state
        case .replay: return try replica.loadGraph(of: id).map { ArticleState(replaying: $0) }
        }
        if let state { article.source = .state(state) }
        return state
    }

    /// Derives the rows of all articles collected.
    mutating func finish(in replica: Replica) throws {
        for id in order {
            guard let article = pending.removeValue(forKey: id) else { continue }
            try replica.store(article, as: id)
        }
        order = []
    }

    private mutating func takePending(
        _ id: ArticleID,
        isFirst: Bool,
        in replica: Replica
    ) throws -> PendingArticle {
        if let known = pending.removeValue(forKey: id) { return known }
        order.append(id)
        let isStored = try !isFirst && replica.hasArticle(id)
        return PendingArticle(source: isStored ? .stored : .none)
    }

    private func appending(
        _ change: Change,
        _ columns: ArticleColumns?,
        to source: consuming PendingArticle.Source,
        _ article: ArticleID,
        isFirst: Bool,
        in replica: Replica
    ) throws -> PendingArticle.Source {
        if case .seed(let seed) = change.content {
            // A further carrier of a seed that counts changes nothing.
            guard case .none = source else { return source }
            guard try !isFirst && replica.changeRowCount(of: article) > 1 else {
                return .seed(change, columns ?? ArticleColumns(seed))
            }
            return try replica.walk(of: article).map { .walk($0) } ?? .replay
        }
        if let walk = walk(from: source, of: article, in: replica) {
            // What is warm must not miss a change, and needs no state read from the file.
            do {
                try walk.insert(change)
                return .walk(walk)
            } catch {
                replica.kept.walks.drop(article)
                return .replay
            }
        }
        guard var state = try state(from: source, of: article, in: replica) else { return source }
        do {
            try state.append(change)
            return .state(state)
        } catch {
            // Concurrent with another change: only the whole graph tells.
            return try replica.walk(of: article).map { .walk($0) } ?? .replay
        }
    }

    private func appending(
        _ faulty: FaultyChange,
        to source: consuming PendingArticle.Source,
        _ article: ArticleID,
        in replica: Replica
    ) throws -> PendingArticle.Source {
        if let walk = walk(from: source, of: article, in: replica) {
            walk.insert(faulty)
            return .walk(walk)
        }
        guard var state = try state(from: source, of: article, in: replica) else { return source }
        state.append(faulty)
        return .state(state)
    }

    /// The walk that holds all changes so far, if it is warm.
    private func walk(
        from source: PendingArticle.Source,
        of article: ArticleID,
        in replica: Replica
    ) -> ArticleWalk? {
        switch source {
        case .walk(let walk): walk
        case .stored, .state, .seed: replica.kept.walks.walk(of: article)
        case .none, .replay: nil
        }
    }

    /// The state that more can be appended to; nil where there is no article, or where it will be
    /// replayed anyway.
    private func state(
        from source: PendingArticle.Source,
        of article: ArticleID,
        in replica: Replica
    ) throws -> ArticleState? {
        switch source {
        case .none, .walk, .replay: nil
        case .stored: try replica.loadState(of: article)
        case .seed(let seed, _): try ArticleState(seed: seed)
        case .state(let state): state
        }
    }
}

/// What is known of an article that entries touched.
struct PendingArticle {
    /// What its state has to be made from.
    enum Source {
        /// There is no article, as no seed that counts was found.
        case none
        /// It has not changed from what is stored.
        case stored
        /// The seed is all there is, with what lists show of it.
        case seed(Change, ArticleColumns)
        /// The changes so far came one after the other.
        case state(ArticleState)
        /// Concurrent changes were merged by a walk that holds all changes.
        case walk(ArticleWalk)
        /// All its changes have to be gone through, and are too many for a walk.
        case replay
    }

    /// What its state has to be made from.
    var source: Source
    /// Changes that were not in the log before.
    var newChangeCount: Int64 = 0
    /// Whether a change was written by a newer galley.
    var needsNewer = false
    /// The last of the new changes.
    var last: LastChange?
}

/// Which change of an article is the last, in an order that all replicas share.
struct LastChange: Comparable {
    let lamport: UInt64
    let change: ChangeID
    let timeMilliseconds: Int64
    let device: DeviceKey

    static func < (left: Self, right: Self) -> Bool {
        if left.lamport != right.lamport { return left.lamport < right.lamport }
        if left.change != right.change { return left.change < right.change }
        // Carriers of one seed.
        if left.timeMilliseconds != right.timeMilliseconds {
            return left.timeMilliseconds < right.timeMilliseconds
        }
        return left.device < right.device
    }
}

extension LastChange {
    init(_ change: ChangeID, of entry: LogEntry) {
        lamport = entry.header.lamport
        self.change = change
        timeMilliseconds = entry.header.timeMilliseconds
        device = entry.device
    }
}

extension Change {
    /// The part of an entry as the merge takes it.
    init(_ part: ChangePart, _ content: ChangeSetBody.Change, of entry: LogEntry) {
        self.init(
            id: part.id,
            content: content,
            author: entry.author,
            device: entry.device,
            chain: entry.header.chain,
            sequence: entry.header.sequence,
            lamport: entry.header.lamport,
            timeMilliseconds: entry.header.timeMilliseconds,
            permission: part.permission
        )
    }
}
