extension ScalarText {
    /// Makes a text of bytes that are known to be well formed and free of U+0000 and CR.
    ///
    /// For parts of other texts put together at scalar boundaries. O(1).
    package init(wellFormed utf8: [UInt8]) { self.utf8 = utf8 }
}
