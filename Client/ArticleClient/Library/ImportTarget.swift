import ArticleFormats

/// Where the articles of an import go.
class ImportTarget {
    let client: Client
    /// The failure of the first file, where none before it succeeded.
    var firstFailure: ClientError?

    init(_ client: Client) { self.client = client }

    /// Takes the articles of one file.
    func take(_ articles: [ImportedArticle], from path: String, bytes: [UInt8]) throws {}
    /// Says that a file failed.
    func refuse(_ path: String, _ error: ClientError) {
        client.output.warning("\(VisibleText.line(path)): \(error.message)")
    }
    /// Does what was put off.
    func finish() throws {}
}
