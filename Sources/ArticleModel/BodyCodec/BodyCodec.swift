// A change set's body in bytes, codec version 0. Numbers are LEB128 without needless bytes.
//
//   mask          the columns present, bit n for column n: those that are not empty
//   sizes         the size in bytes of each column present
//   columns       one after the other, without gaps
//
// The columns, each read from its beginning to its end, in step with the operations:
//   0 shape       for each change: 0 for a seed, else the count of parents, then of operations
//   1 kinds       the kind of each operation, in runs (RunColumn)
//   2 selectors   which text or field an operation goes to, in runs
//   3 positions   where it does: the zigzag of the difference from where the one before it in the
//                 change and the text ended (0 before the first)
//   4 references  each change named: its place in column 7; the first naming is the next new one
//   5 numbers     counts, kinds and offsets
//   6 lengths     of texts in bytes, and of deletions in scalars
//   7 changes     the 32-byte ids of changes named, distinct, in order of first naming
//   8 words       the texts, one block of UTF-8
//   9 seeds       for each seed: its size, then its bytes (SeedCodec.swift)
//
// Operations, by kind, and what they take from the columns (r = reference, n = number):
//    0 insert         selector, position, text
//    1 delete         selector, position, length
//    2 revive         selector, n count, each: r change, n offset, n count
//    3 set            selector (field), name if free, value (SeedCodec.swift; kind 0 is absent)
//    4 addTag         text               5 removeTag      text
//    6 annotate       n kind, target, quote (3 texts), text, tags (n count, texts)
//    7 reply          note, text         8 setNoteText    note, text
//    9 addNoteTag     note, text        10 removeNoteTag  note, text
//   11 setNoteState   note, n state     12 deleteNote     note
//   13 deleteArticle                    14 undeleteArticle
//   15 close         selector, n count, each: r change, n zigzag of the number
// A note is r change, n index. A target is n 0 (the article), n 1 and n field, then two anchors
// (r change, n offset, n side), or n 2 and n field (name if free), r value, n item, n start, n count.

/// The body of a change set as bytes, version 0: columns, so that like stands beside like.
///
/// Every body of the model has one form, and bytes are either that form of one body or refused.
public enum BodyCodec {
    /// The number this codec goes by in a change set's header.
    public static let version: UInt64 = 0
    /// Goes up by one with each number (of an operation, a field, a kind of value) that this codec
    /// gets beyond those it had: what was unreadable before is derived anew then.
    public static let revision: UInt64 = 0

    static let columnCount = 10
    /// Positions, lengths and offsets lie below this, so that sums of them are exact.
    static let scalarCountMax = Int(UInt32.max)

    /// The bytes of `body`, whose values hold what the model says of them.
    public static func encode(_ body: ChangeSetBody) -> [UInt8] {
        var writer = BodyWriter()
        for change in body.changes { writer.append(change) }
        return writer.finish()
    }

    /// The body that `bytes` are the form of.
    public static func decode(_ bytes: [UInt8]) throws(BodyError) -> ChangeSetBody {
        guard bytes.count <= Limits.bodySizeMax else {
            throw BodyError(
                .tooLarge,
                at: 0,
                "a body has at most \(Limits.bodySizeMax) bytes, this one \(bytes.count)"
            )
        }
        var reader = try BodyReader(bytes)
        return try reader.body()
    }
}
