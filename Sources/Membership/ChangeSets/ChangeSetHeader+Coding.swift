import ArticleModel
import CBOR

// A header is a map with integer keys:
//
//      0  version            unsigned, 0
//      1  kind               0 content, 1 chain-open, 2 checkpoint, 3 adopt
//      2  library            32 bytes
//      3  chain              16 bytes
//      4  sequence           unsigned
//      5  previous           32 bytes; absent at sequence 0
//      6  lamport            unsigned
//      7  time               integer, milliseconds since 1970
//      8  membership         [sequence, 16 bytes]
//      9  dependencies       [32 bytes, …]; absent where there are none
//     10  body               [codec version, size, SHA-256]; absent where there is none
//     11  touched            [[article, class], …]; absent where there are none
//     12  opening            [device key, incarnation] or
//                            [device key, incarnation, [chain, sequence, id]]; at sequence 0 only

extension ChangeSetHeader {
    /// The payload that is signed.
    public func encoded() -> [UInt8] {
        var writer = CBORWriter(capacity: 256 + dependencies.count * 34 + touched.count * 20)
        var map = writer.integerMap()
        map.key(0, &writer)
        writer.unsigned(version)
        map.key(1, &writer)
        writer.unsigned(UInt64(kind.rawValue))
        map.key(2, &writer)
        writer.identifier(library)
        map.key(3, &writer)
        writer.identifier(chain)
        map.key(4, &writer)
        writer.unsigned(sequence)
        if let previous {
            map.key(5, &writer)
            writer.identifier(previous)
        }
        map.key(6, &writer)
        writer.unsigned(lamport)
        map.key(7, &writer)
        writer.integer(timeMilliseconds)
        map.key(8, &writer)
        writer.array(2)
        writer.unsigned(membership.sequence)
        writer.identifier(membership.prefix)
        if !dependencies.isEmpty {
            map.key(9, &writer)
            writer.array(dependencies.count)
            for dependency in dependencies { writer.identifier(dependency) }
        }
        if let body {
            map.key(10, &writer)
            writer.array(3)
            writer.unsigned(body.codecVersion)
            writer.integer(Int64(body.size))
            writer.identifier(body.hash)
        }
        if !touched.isEmpty {
            map.key(11, &writer)
            writer.array(touched.count)
            for touch in touched {
                writer.array(2)
                writer.identifier(touch.article)
                writer.unsigned(UInt64(touch.permission.rawValue))
            }
        }
        if let opening {
            map.key(12, &writer)
            opening.encode(into: &writer)
        }
        map.end(&writer)
        return writer.bytes
    }

    /// Reads a header and checks all that can be seen in it alone.
    public init(decoding payload: [UInt8]) throws(MembershipError) {
        try self.init(decoding: payload[...])
    }

    init(decoding payload: ArraySlice<UInt8>) throws(MembershipError) {
        guard payload.count <= Limits.headerSizeMax else {
            throw MembershipError(
                .tooLarge,
                "A change set's header has \(payload.count) bytes;"
                    + " \(Limits.headerSizeMax) are the limit."
            )
        }
        self = try decoding("A change set's header") {
            var reader = CBORReader(payload)
            let header = try ChangeSetHeader(from: &reader)
            try reader.finish()
            return header
        }
        try validate()
    }

    private init(from reader: inout CBORReader) throws {
        var map = try reader.integerMap()
        try map.require(0, &reader)
        version = try reader.unsigned()
        guard version == Self.currentVersion else {
            throw MembershipError(
                .unknownVersion,
                "A change set's header has version \(version), which this galley does not know;"
                    + " install a newer one."
            )
        }
        try map.require(1, &reader)
        let number = try reader.unsigned()
        guard let kind = UInt8(exactly: number).flatMap(Kind.init(rawValue:)) else {
            throw MembershipError(.unknownKind, "A change set is of the unknown kind \(number).")
        }
        self.kind = kind
        try map.require(2, &reader)
        library = try reader.identifier32()
        try map.require(3, &reader)
        chain = try reader.identifier16()
        try map.require(4, &reader)
        sequence = try reader.count()
        previous = try map.take(5, &reader) ? try reader.identifier32() : nil
        try map.require(6, &reader)
        lamport = try reader.count()
        try map.require(7, &reader)
        timeMilliseconds = try reader.integer()
        try map.require(8, &reader)
        try reader.array(exactly: 2)
        membership = MembershipReference(
            sequence: try reader.count(),
            prefix: try reader.identifier16()
        )
        dependencies = try map.take(9, &reader) ? try Self.dependencies(from: &reader) : []
        body = try map.take(10, &reader) ? try BodyReference(from: &reader) : nil
        touched = try map.take(11, &reader) ? try Self.touched(from: &reader) : []
        opening = try map.take(12, &reader) ? try ChainOpening(from: &reader) : nil
        try map.end(&reader)
    }

    private static func dependencies(from reader: inout CBORReader) throws -> [ChangeSetID] {
        let count = try nonEmptyArray(
            from: &reader,
            atMost: Limits.dependencyCountMax,
            of: "dependencies"
        )
        var result: [ChangeSetID] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try reader.identifier32()) }
        return result
    }

    private static func touched(from reader: inout CBORReader) throws -> [TouchedArticle] {
        let count = try nonEmptyArray(
            from: &reader,
            atMost: Limits.articleCountMax,
            of: "articles"
        )
        var result: [TouchedArticle] = []
        result.reserveCapacity(count)
        for _ in 0..<count {
            try reader.array(exactly: 2)
            let article: ArticleID = try reader.identifier16()
            let number = try reader.unsigned(atMost: 255)
            guard let permission = PermissionClass(rawValue: UInt8(number)) else {
                throw MembershipError(
                    .unknownKind,
                    "A change set touches an article in the unknown class \(number)."
                )
            }
            result.append(TouchedArticle(article: article, permission: permission))
        }
        return result
    }

    /// Reads the head of an array that would have been left out if it were empty.
    private static func nonEmptyArray(
        from reader: inout CBORReader,
        atMost limit: Int,
        of what: String
    ) throws -> Int {
        let offset = reader.offset
        let count = try reader.array()
        guard count > 0 else {
            throw CBORError(code: .wrongCount, offset: offset, message: "an empty list is left out")
        }
        guard count <= limit else {
            throw MembershipError(
                .tooLarge,
                "A change set names \(count) \(what); \(limit) are the limit."
            )
        }
        return count
    }
}

extension BodyReference {
    fileprivate init(from reader: inout CBORReader) throws {
        try reader.array(exactly: 3)
        let codecVersion = try reader.unsigned(atMost: UInt64(UInt32.max))
        let size = try reader.unsigned()
        guard size <= UInt64(Limits.bodySizeMax) else {
            throw MembershipError(
                .tooLarge,
                "A change set's body has \(size) bytes; \(Limits.bodySizeMax) are the limit."
            )
        }
        self.init(codecVersion: codecVersion, size: Int(size), hash: try reader.identifier32())
    }
}

extension ChainOpening {
    fileprivate func encode(into writer: inout CBORWriter) {
        writer.array(previous == nil ? 2 : 3)
        writer.identifier(device)
        writer.identifier(incarnation)
        guard let previous else { return }
        writer.array(3)
        writer.identifier(previous.chain)
        writer.unsigned(previous.sequence)
        writer.identifier(previous.id)
    }

    fileprivate init(from reader: inout CBORReader) throws {
        let offset = reader.offset
        let count = try reader.array()
        guard count == 2 || count == 3 else {
            throw CBORError(
                code: .wrongCount,
                offset: offset,
                message: "an opening has 2 or 3 items, not \(count)"
            )
        }
        device = try reader.identifier32()
        incarnation = try reader.identifier16()
        guard count == 3 else {
            previous = nil
            return
        }
        try reader.array(exactly: 3)
        previous = ChainPosition(
            chain: try reader.identifier16(),
            sequence: try reader.count(),
            id: try reader.identifier32()
        )
    }
}
