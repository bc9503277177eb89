/// The beginning of an article: what an import found, or nothing for one made by hand.
///
/// The same source bytes through the same parser version give the same seed, so it holds neither
/// time, user nor file name. Its scalars are the first characters of the article's texts.
public struct Seed: Hashable, Sendable {
    /// 16 random bytes where the article was made by hand; nil where it was imported.
    public let nonce: Identifier16<SeedNonceTag>?
    /// The values the registers start with, in order of field, distinct, none of them absent.
    public let fields: [FieldEntry]
    /// The summary the article starts with.
    public let summary: ScalarText
    /// The body the article starts with.
    public let body: ScalarText
    /// Where it came from; nil where it was made by hand.
    public let provenance: Provenance?

    /// One register's first value.
    public struct FieldEntry: Hashable, Sendable {
        /// The register.
        public let field: Field
        /// Its value.
        public let value: FieldValue

        /// Gives `field` the value `value`.
        public init(_ field: Field, _ value: FieldValue) {
            self.field = field
            self.value = value
        }
    }

    /// Makes a seed; `fields` are sorted, absent values left out, the last of several kept.
    public init(
        nonce: Identifier16<SeedNonceTag>?,
        fields: [FieldEntry],
        summary: ScalarText,
        body: ScalarText,
        provenance: Provenance?
    ) {
        var values: [Field: FieldValue] = [:]
        for entry in fields { values[entry.field] = entry.value }
        self.nonce = nonce
        self.fields = values.filter { $0.value != .absent }
            .map { FieldEntry($0.key, $0.value) }
            .sorted { $0.field < $1.field }
        self.summary = summary
        self.body = body
        self.provenance = provenance
    }

    /// The text a field starts with.
    public func text(of field: TextField) -> ScalarText {
        switch field {
        case .summary: summary
        case .body: body
        }
    }
}

/// See ``Seed/nonce``.
public enum SeedNonceTag {}

/// Where a seed came from.
public struct Provenance: Hashable, Sendable {
    /// SHA-256 of the whole source file's bytes.
    public let source: Identifier32<SourceTag>
    /// The bytes of the source file that are this article's.
    public let range: Range<UInt64>
    /// The parser and its version, as in `text-page/1`.
    public let parser: ScalarText
    /// What the parser was in doubt about.
    public let warnings: [ScalarText]
    /// What was found and left out of the article: page furniture.
    public let dropped: [ScalarText]

    /// Records where an article came from.
    public init(
        source: Identifier32<SourceTag>,
        range: Range<UInt64>,
        parser: ScalarText,
        warnings: [ScalarText],
        dropped: [ScalarText]
    ) {
        self.source = source
        self.range = range
        self.parser = parser
        self.warnings = warnings
        self.dropped = dropped
    }
}

/// See ``Provenance/source``.
public enum SourceTag {}
