import ArticleMerge

/// Why a row of the table `change` has no effect, as found from its change set alone.
///
/// What only the article's graph can tell (a position past the end) is no part of it.
enum ChangeFault: Hashable, Sendable {
    /// By the rules of merging, for ever and on every replica.
    case faulty(Fault.Code)
    /// It, or a change it goes on from, was written by a newer galley; until the upgrade.
    case needsNewer

    private static let needsNewerColumn: Int64 = 1000

    /// As the column `fault` holds it.
    var column: Int64 {
        switch self {
        case .faulty(let code): Int64(code.rawValue)
        case .needsNewer: Self.needsNewerColumn
        }
    }

    /// Reads the column `fault`; nil for NULL.
    init?(column: Int64?) {
        guard let column else { return nil }
        if column == Self.needsNewerColumn {
            self = .needsNewer
        } else {
            // A number nobody wrote is as good as a body nobody can read.
            let code = UInt8(exactly: column).flatMap(Fault.Code.init)
            self = .faulty(code ?? .unreadable)
        }
    }
}
