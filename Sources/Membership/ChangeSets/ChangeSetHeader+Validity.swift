import ArticleModel

extension ChangeSetHeader {
    /// Checks all that can be seen in a header alone; what it says of others is ``ChainRules``'.
    public func validate() throws(MembershipError) {
        try validateNumbers()
        try validateOpening()
        try validateDependencies()
        try validateBody()
    }

    private func validateNumbers() throws(MembershipError) {
        let highest = UInt64(Int64.max)
        guard sequence <= highest, lamport <= highest, membership.sequence <= highest else {
            throw MembershipError(.tooLarge, "A change set's sequence or clock is above 2^63 - 1.")
        }
        guard version == Self.currentVersion else {
            throw MembershipError(
                .unknownVersion,
                "Headers of version \(version) are not written by this galley."
            )
        }
    }

    private func validateOpening() throws(MembershipError) {
        guard (sequence == 0) == (kind == .chainOpen), (opening != nil) == (kind == .chainOpen)
        else {
            throw MembershipError(
                .openingMisplaced,
                "A chain is opened by its first entry and by no other; entry \(sequence) of chain"
                    + " \(chain) breaks that."
            )
        }
        guard (sequence == 0) == (previous == nil) else {
            throw MembershipError(
                .previousMisplaced,
                "Each entry but a chain's first names the one before it; entry \(sequence) of"
                    + " chain \(chain) breaks that."
            )
        }
        if let opening {
            guard opening.chain == chain, opening.previous?.chain != chain else {
                throw MembershipError(
                    .chainMismatch,
                    "The chain \(chain) does not follow from the device and incarnation that open"
                        + " it."
                )
            }
        }
    }

    private func validateDependencies() throws(MembershipError) {
        guard dependencies.count <= Limits.dependencyCountMax else {
            throw MembershipError(
                .tooLarge,
                "A change set names \(dependencies.count) dependencies;"
                    + " \(Limits.dependencyCountMax) are the limit. Sign entries without changes"
                    + " before it that take the rest."
            )
        }
        guard zip(dependencies, dependencies.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw MembershipError(
                .dependenciesUnsorted,
                "A change set's dependencies are not sorted and distinct."
            )
        }
    }

    private func validateBody() throws(MembershipError) {
        guard touched.count <= Limits.articleCountMax else {
            throw MembershipError(
                .tooLarge,
                "A change set touches \(touched.count) articles; \(Limits.articleCountMax) are the"
                    + " limit. Make several of it."
            )
        }
        guard zip(touched, touched.dropFirst()).allSatisfy({ $0.article < $1.article }) else {
            throw MembershipError(
                .articlesUnsorted,
                "The articles a change set touches are not sorted and distinct."
            )
        }
        if let body {
            guard body.size >= 0, body.size <= Limits.bodySizeMax else {
                throw MembershipError(
                    .tooLarge,
                    "A change set's body has \(body.size) bytes; \(Limits.bodySizeMax) are the"
                        + " limit. Make several change sets of it."
                )
            }
        }
        let isWhole =
            switch kind {
            case .content, .adopt: (body != nil) == !touched.isEmpty
            case .chainOpen: body == nil && touched.isEmpty
            case .checkpoint: touched.isEmpty
            }
        guard isWhole else {
            throw MembershipError(
                .bodyMisplaced,
                "A change set has a body where it touches articles, and only there."
            )
        }
    }
}
