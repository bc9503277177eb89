public import ArticleModel

/// What an export needs to know beside the article: who its people are.
public struct ArticleNames {
    /// The name of a user.
    public let user: (UserID) -> String

    /// Looks names up by `user`.
    public init(user: @escaping (UserID) -> String) { self.user = user }
}
