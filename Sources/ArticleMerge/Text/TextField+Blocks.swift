internal import ArticleModel

extension TextField {
    /// What parts the blocks of a text: a blank line the paragraphs of a body, a line's end the
    /// points of a summary.
    var blockSeparator: ScalarText { self == .body ? "\n\n" : "\n" }
}
