import ArticleMerge
import ArticleModel
import Membership
import ReplicaStore
import SyncEngine
import TestSupport

extension World {
    /// Somebody does something at a machine that runs.
    func act(_ client: Client) throws {
        guard let number = random.pick(client.libraries), let replica = client.replicas[number]
        else { return try joinSomewhere(client) }
        guard
            let hasMembers = try onClient(
                client,
                to: "look for members",
                {
                    try replica.hasMembers()
                }
            )
        else { return }
        // Who is about to join has nothing to do yet.
        guard hasMembers else { return }
        switch random.below(40) {
        case 0: try changeMembership(client, number)
        case 1: try backUp(client, number)
        case 2:
            switch random.below(8) {
            case 0: try rebuild(client, replica)
            case 1: try verify(client, replica)
            case 2, 3: try acceptReviews(client, replica)
            default: try joinSomewhere(client)
            }
        case 3: try handOver(client, number)
        case 4...8: try importArticle(client, number, replica)
        default: try changeArticle(client, number, replica)
        }
    }

    // MARK: - Committing

    /// Has a change signed and stored, and notes what the user was told.
    func commit(
        _ act: Act,
        _ change: LocalChange,
        _ client: Client,
        _ number: Int,
        _ replica: Replica
    ) throws {
        let expected: Set<ReplicaError.Code> = [
            // Whoever shares an article may find it deleted, or the right gone.
            .deleted, .notAllowed, .faultyChange, .needsNewer, .tooLarge,
        ]
        let before = coverage[.callFailed]
        let result = try onClient(client, to: "do \(act)", expecting: expected) {
            let result = try replica.commit(
                [change],
                as: client.signer(number),
                now: wallClock(of: client)
            )
            // A disk that goes down afterwards takes the answer with it.
            if !client.disk.hasCrashed { try checkOwnWrite(result, replica, client) }
            return result
        }
        guard let result else {
            if coverage[.callFailed] != before { note(.commitFailed, client.number, 0, "") }
            return
        }
        note(
            act,
            client.number,
            number,
            "\(client.name) in library \(number): \(result.entry?.handle.prefix(8) ?? "nothing new")"
        )
        for article in result.articles where !libraries[number].articles.contains(article) {
            libraries[number].articles.append(article)
        }
        guard let id = result.entry else { return }
        let entry = try onClient(client, to: "read what was stored") { try replica.entry(id) }
        guard let entry else { return }
        guard let header = entry?.signed.header else {
            throw Violation("\(client.name) stored \(id.handle) and does not find it")
        }
        // Worlds in which nobody ever goes on with a chain would prove little of chains.
        coverage[header.sequence == 1 ? .chainOpened : .chainContinued] += 1
        if !client.isTainted, !client.isLiar { try ledger.committed(id, header, number, client) }
        if let link = client.session, link.isLive {
            perform(link.engine.localChanged(), link, client)
        }
    }

    /// Whoever wrote something sees it at once.
    private func checkOwnWrite(_ result: CommitResult, _ replica: Replica, _ client: Client) throws
    {
        // What the disk misread just now may be anything.
        guard result.entry != nil, client.disk.events.flips == 0 else { return }
        for (article, change) in zip(result.articles, result.changes) where random.oneIn(4) {
            guard let state = try replica.article(article),
                let graph = try replica.graph(of: article)
            else { throw Violation("\(client.name) does not see the article it changed") }
            let isSeed = change.prefix16(as: ArticleID.self) == article
            guard graph.contains(change), isSeed || state.heads.contains(change) else {
                throw Violation("\(client.name) does not see its own change")
            }
        }
    }

    private func importArticle(_ client: Client, _ number: Int, _ replica: Replica) throws {
        let which = random.below(profile.articleCount)
        let seed = Seed(
            nonce: nil,
            fields: [Seed.FieldEntry(.title, .text(text("Article \(which)")))],
            summary: which % 2 == 0 ? "" : "One point.\nAnother.",
            body: text(Self.bodies[which % Self.bodies.count]),
            provenance: nil
        )
        try commit(.imported, .seed(seed), client, number, replica)
    }

    static let bodies = [
        "The ferry left late.\n\nStorms held it in the bay.",
        "Größe und Straße.\n\n漁港に船。\n\nThird block, longer than the others by some words.",
        "One line only",
        "A\n\nB\n\nC\n\nD\n\nE",
    ]

    func text(_ string: String) -> ScalarText { ScalarText(string) ?? "" }

    func words(_ count: Int) -> ScalarText {
        let words = ["storm", "bay", "ferry", "Größe", "漁港", "line", "tide"]
        return text(
            (0..<count).map { _ in words[random.below(words.count)] }.joined(separator: " ")
        )
    }

    // MARK: - Articles

    private func changeArticle(_ client: Client, _ number: Int, _ replica: Replica) throws {
        guard let article = random.pick(libraries[number].articles) else {
            return try importArticle(client, number, replica)
        }
        let state = try onClient(client, to: "read an article") {
            try replica.mergedArticle(article)
        }
        guard let state, let state else { return try importArticle(client, number, replica) }
        if state.isDeleted {
            return try commit(
                .undeleted,
                .edit(article, [.undeleteArticle]),
                client,
                number,
                replica
            )
        }
        switch random.below(24) {
        case 0: try commit(.deleted, .edit(article, [.deleteArticle]), client, number, replica)
        case 1, 2: try resolve(article, client, number, replica)
        case 3: try undo(article, state, client, number, replica)
        case 4, 5: try editShown(article, client, number, replica)
        default:
            let (act, operations) = operations(on: state)
            guard !operations.isEmpty else { return }
            try commit(act, .edit(article, operations), client, number, replica)
        }
    }

    private func operations(on state: ArticleState) -> (Act, [Operation]) {
        let notes = state.notes.notes.filter { !$0.isDeleted }
        switch random.below(16) {
        case 0:
            let annotation = Annotation(
                kind: .comment,
                target: .article,
                quote: .none,
                text: words(2),
                tags: random.oneIn(2) ? ["check"] : []
            )
            return (.noted, [.annotate(annotation)])
        case 1:
            return (.replied, random.pick(notes).map { [.reply(to: $0.id, text: words(1))] } ?? [])
        case 2:
            return (
                .noteSettled, random.pick(notes).map { [.setNoteState($0.id, .resolved)] } ?? []
            )
        case 3, 4: return (.fieldSet, [.set(.title, .text(words(2)))])
        case 5: return (.tagged, [.addTag(["red", "green", "blue"][random.below(3)])])
        case 6: return (.untagged, state.tags.tags.first.map { [.removeTag($0)] } ?? [])
        default:
            let count = state.body.scalarCount
            let position = random.below(count + 1)
            // Articles stay small: the time goes into what happens to them.
            if count - position > 3, random.oneIn(2) || count > 200 {
                let deleted = min(count - position, 1 + random.below(count > 200 ? 60 : 8))
                return (
                    .edited,
                    [
                        .delete(.body, position: position, count: deleted),
                        .insert(.body, position: position, text: words(1)),
                    ]
                )
            }
            return (.edited, [.insert(.body, position: position, text: words(1 + random.below(2)))])
        }
    }

    /// Edits what is shown, which settles the conflicts it comes up to.
    private func editShown(
        _ article: ArticleID,
        _ client: Client,
        _ number: Int,
        _ replica: Replica
    ) throws {
        let change = try onClient(client, to: "edit what is shown") { () -> LocalChange? in
            guard let analysis = try replica.analysis(ofArticle: article) else { return nil }
            let count = analysis.shown.body.scalarCount
            let position = random.below(count + 1)
            let hunk = TextHunk(
                position: position,
                deletedCount: min(count - position, random.below(4)),
                inserted: words(1)
            )
            guard let draft = analysis.edit([.body: [hunk]]), !draft.operations.isEmpty else {
                return nil
            }
            return .edit(
                article,
                parents: analysis.merged.heads,
                draft.operations,
                showing: draft.texts
            )
        }
        guard let change, let change else { return }
        try commit(.editedShown, change, client, number, replica)
    }

    private func resolve(
        _ article: ArticleID,
        _ client: Client,
        _ number: Int,
        _ replica: Replica
    ) throws {
        let change = try onClient(client, to: "choose in a conflict") { () -> LocalChange? in
            let records = try replica.conflicts(of: article)
            guard let record = random.pick(records),
                let analysis = try replica.analysis(ofArticle: article)
            else { return nil }
            let choice: ConflictResolution =
                .alternative(random.below(record.conflict.alternatives.count))
            guard let draft = analysis.resolution(of: [(record.conflict, choice)]),
                !draft.operations.isEmpty
            else { return nil }
            return .edit(article, parents: analysis.merged.heads, draft.operations)
        }
        guard let change, let change else { return }
        try commit(.resolved, change, client, number, replica)
    }

    private func undo(
        _ article: ArticleID,
        _ state: ArticleState,
        _ client: Client,
        _ number: Int,
        _ replica: Replica
    ) throws {
        let change = try onClient(client, to: "take a change back") { () -> LocalChange? in
            guard let analysis = try replica.analysis(ofArticle: article),
                let target = random.pick(analysis.merged.heads),
                let user = try replica.membership().user(of: client.device)
            else { return nil }
            let settling = analysis.undo(target).flatMap { $0.closes.isEmpty ? nil : $0.operations }
            guard
                let plan = ArticleUndo(
                    undoing: target,
                    in: analysis.graph,
                    analysis.merged,
                    by: user,
                    texts: settling
                ), !plan.operations.isEmpty
            else { return nil }
            return .edit(article, parents: analysis.merged.heads, plan.operations)
        }
        guard let change, let change else { return }
        try commit(.undone, change, client, number, replica)
    }

    private func rebuild(_ client: Client, _ replica: Replica) throws {
        guard try onClient(client, to: "derive all anew", { try replica.rebuild() }) != nil else {
            return
        }
        note(.rebuilt, client.number, 0, client.name)
    }

    private func verify(_ client: Client, _ replica: Replica) throws {
        let before = client.faultCount
        let report = try onClient(client, to: "check all") { try replica.verify() }
        // What cannot be read now is no problem of the log's.
        guard let report, client.faultCount == before else { return }
        note(.verified, client.number, report.entryCount, client.name)
        guard report.problems.isEmpty || client.isTainted else {
            throw Violation("\(client.name)'s log is not sound: \(report.problems)")
        }
    }

    private func acceptReviews(_ client: Client, _ replica: Replica) throws {
        let accepted = try onClient(client, to: "accept merges") {
            let reviews = try replica.reviews()
            try replica.accept(reviews.map(\.id))
            return reviews.count
        }
        guard let accepted, accepted > 0 else { return }
        note(.accepted, client.number, accepted, client.name)
    }

    // MARK: - From hand to hand

    /// Gives somebody entries on a stick: some of them, in any order, some twice.
    private func handOver(_ client: Client, _ number: Int) throws {
        let others = clients.filter { $0 !== client && $0.isUp && $0.replicas[number] != nil }
        guard let other = random.pick(others), let source = client.replicas[number],
            let target = other.replicas[number]
        else { return }
        let taken = try onClient(client, to: "copy entries out") {
            (
                try source.membershipRecords(after: nil),
                try source.entries(
                    afterRow: Int64(random.below(20)),
                    countMax: 1 + random.below(40)
                )
            )
        }
        guard let (records, stored) = taken, !records.isEmpty else { return }
        var entries = stored.map { IncomingEntry($0.signed, body: $0.body) }
        if random.oneIn(2), entries.count > 1 {
            entries.shuffle(using: &random)
            note(.reorderedEntries, client.number, other.number, "")
        }
        if random.oneIn(2), let again = random.pick(entries) {
            entries.append(again)
            note(.duplicatedEntries, client.number, other.number, "")
        }
        let isAll = random.oneIn(2)
        let report = try onClient(other, to: "take entries in", expecting: [.badSignature]) {
            try target.appendMembership(records)
            return try target.receive(
                entries,
                from: client.device,
                verifying: isAll ? .all : .lastOfEachBranch
            )
        }
        guard let report else { return }
        note(
            .handedOver,
            client.number,
            report.storedCount,
            "\(client.name) to \(other.name): \(report.storedCount) of \(entries.count)"
        )
        if let refusal = report.firstRefusal, !client.isTainted, !other.isTainted {
            throw Violation("\(other.name) refused an entry of \(client.name)'s: \(refusal)")
        }
        if let link = other.session, link.isLive {
            perform(link.engine.localChanged(), link, other)
        }
    }
}
