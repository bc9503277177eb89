public import ArticleModel

/// What a user may do in a library; each role may do what those below it may.
public enum Role: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Reads.
    case reader = 1
    /// Annotates.
    case annotator = 2
    /// Edits articles.
    case editor = 3
    /// Invites and sets roles below its own.
    case admin = 4
    /// Does anything; a library has one at least.
    case owner = 5

    /// Orders by what is permitted.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Whether the role may do what is of class `permission`.
    public func permits(_ permission: PermissionClass) -> Bool {
        switch permission {
        case .annotate: self >= .annotator
        case .edit: self >= .editor
        }
    }

    /// Whether the role may give, or take away, `role`: an owner any, an admin those below admin.
    public func maySet(_ role: Role) -> Bool {
        switch self {
        case .owner: true
        case .admin: role < .admin
        case .reader, .annotator, .editor: false
        }
    }
}

extension Role: CustomStringConvertible {
    /// The word for it.
    public var description: String {
        switch self {
        case .reader: "reader"
        case .annotator: "annotator"
        case .editor: "editor"
        case .admin: "admin"
        case .owner: "owner"
        }
    }

    /// The role that `word` stands for, nil where it stands for none.
    public init?(_ word: String) {
        guard let role = Self.allCases.first(where: { $0.description == word }) else { return nil }
        self = role
    }
}
