import ArticleMerge
import ArticleModel
import Membership

/// A change that is about to be signed.
struct Draft {
    let article: ArticleID
    var change: ChangeID
    let content: ChangeSetBody.Change
    let permission: PermissionClass
    let isNew: Bool
}

extension Committer {
    mutating func draft(_ change: LocalChange) throws -> Draft {
        switch change.content {
        case .seed(let seed): try draft(seed)
        case .edit(let article, let parents, let operations):
            try draft(article, parents: parents, operations)
        }
    }

    private func draft(_ seed: Seed) throws -> Draft {
        try checkRole(.edit)
        for field in TextField.allCases {
            try checkSize(of: seed.text(of: field).scalarCount, what: "text")
        }
        let id = ChangeIdentity.seed(library: replica.library, bytes: seed.encoded())
        let article = ChangeIdentity.article(ofSeed: id)
        return Draft(
            article: article,
            change: id,
            content: .seed(seed),
            permission: .edit,
            isNew: try !replica.hasArticle(article) && !articles.contains(article)
        )
    }

    private mutating func draft(
        _ article: ArticleID,
        parents: [ChangeID]?,
        _ operations: [Operation]
    ) throws -> Draft {
        let permission = operations.map(\.permission).max() ?? .annotate
        try checkRole(permission)
        guard operations.count <= Limits.operationCountMax else {
            throw ReplicaError(
                .tooLarge,
                "The edit has \(operations.count) steps; at most \(Limits.operationCountMax) are "
                    + "taken. Make several edits of it."
            )
        }
        guard let state = try articles.currentState(of: article, in: replica) else {
            throw ReplicaError(
                .notFound,
                "There is no article \(article.handle.prefix(8)) in this library."
            )
        }
        guard try !replica.needsNewer(article) else {
            throw ReplicaError(
                .needsNewer,
                "A newer galley has changed the article in ways this one does not understand. "
                    + "Upgrade galley on this machine to edit it."
            )
        }
        let version = Array(Set(parents ?? state.heads)).sorted()
        let isNewest = version == state.heads
        guard !state.isDeleted || !isNewest || operations.contains(.undeleteArticle) else {
            throw ReplicaError(
                .deleted,
                "The article is deleted. Take the deletion back first (`galley undelete`)."
            )
        }
        return Draft(
            article: article,
            // Known once the change set is.
            change: state.seed,
            content: .edit(parents: version, operations: operations),
            permission: permission,
            isNew: true
        )
    }

    private func checkRole(_ permission: PermissionClass) throws {
        guard role.permits(permission) else {
            throw ReplicaError(
                .notAllowed,
                "Your role in this library (\(role)) does not permit this. Ask an admin for "
                    + "another one."
            )
        }
    }

    private func checkSize(of scalarCount: Int, what: String) throws {
        guard scalarCount <= Limits.textScalarCountMax else {
            throw ReplicaError(
                .tooLarge,
                "The \(what) has \(scalarCount) characters; at most \(Limits.textScalarCountMax) "
                    + "are taken. Split the article."
            )
        }
    }

    /// Refuses a change that the rules of merging take for faulty: it is taken back with the whole
    /// transaction before anybody has seen its signature.
    mutating func checkEffect(of draft: Draft) throws {
        guard let state = try articles.currentState(of: draft.article, in: replica) else { return }
        if let faulty = state.faults.first(where: { $0.change == draft.change }) {
            throw ReplicaError(
                .faultyChange,
                "The edit cannot be made: it \(faulty.fault.message). The article may have changed "
                    + "meanwhile: look at it again."
            )
        }
        for field in TextField.allCases {
            try checkSize(of: state.text(of: field).scalarCount, what: "text")
        }
    }
}
