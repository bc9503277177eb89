import ArticleModel
import CBOR
import ReplicaStore

extension BackupManifest {
    func encoded() -> [UInt8] {
        var writer = CBORWriter()
        var map = writer.integerMap()
        map.key(1, &writer)
        writer.unsigned(kind.rawValue)
        map.key(2, &writer)
        writer.integer(timeMilliseconds)
        map.key(3, &writer)
        writer.text(program)
        map.end(&writer)
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(CBORError) {
        var reader = CBORReader(bytes)
        var map = try reader.integerMap()
        try map.require(1, &reader)
        guard let kind = Kind(rawValue: try reader.unsigned()) else {
            throw CBORError(code: .outOfRange, offset: reader.offset, message: "an unknown kind")
        }
        try map.require(2, &reader)
        let time = try reader.integer()
        try map.require(3, &reader)
        let program = try reader.string()
        try map.end(&reader)
        try reader.finish()
        self.init(kind: kind, timeMilliseconds: time, program: program)
    }
}

extension BackedUpFile {
    func encoded() -> [UInt8] {
        var writer = CBORWriter()
        var map = writer.integerMap()
        map.key(1, &writer)
        writer.unsigned(kind.rawValue)
        map.key(2, &writer)
        writer.text(name)
        map.key(3, &writer)
        writer.unsigned(size)
        map.key(4, &writer)
        writer.bytes(hash)
        if let facts {
            map.key(5, &writer)
            facts.encode(to: &writer)
        }
        map.end(&writer)
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(CBORError) {
        var reader = CBORReader(bytes)
        var map = try reader.integerMap()
        try map.require(1, &reader)
        guard let kind = Kind(rawValue: try reader.unsigned()) else {
            throw CBORError(code: .outOfRange, offset: reader.offset, message: "an unknown file")
        }
        try map.require(2, &reader)
        let name = try reader.string()
        guard Self.isHarmless(name) else {
            throw CBORError(code: .outOfRange, offset: reader.offset, message: "a wrong name")
        }
        try map.require(3, &reader)
        let size = try reader.unsigned(atMost: UInt64(Int64.max))
        try map.require(4, &reader)
        let hash = Array(try reader.bytes(exactly: 32))
        let facts = try map.take(5, &reader) ? try ReplicaFacts(from: &reader) : nil
        guard (kind == .replica) == (facts != nil) else {
            throw CBORError(code: .outOfRange, offset: reader.offset, message: "a wrong file")
        }
        try map.end(&reader)
        try reader.finish()
        self.init(kind: kind, name: name, size: size, hash: hash, facts: facts)
    }
}

extension ReplicaFacts {
    fileprivate func encode(to writer: inout CBORWriter) {
        var map = writer.integerMap()
        map.key(1, &writer)
        writer.bytes(library.bytes)
        map.key(2, &writer)
        writer.text(name)
        map.key(3, &writer)
        writer.unsigned(entryCount)
        map.key(4, &writer)
        writer.unsigned(recordCount)
        map.key(5, &writer)
        writer.unsigned(hubHead.position)
        map.key(6, &writer)
        writer.bytes(hubHead.accumulator)
        map.key(7, &writer)
        writer.unsigned(schemaVersion)
        map.end(&writer)
    }

    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        var map = try reader.integerMap()
        try map.require(1, &reader)
        guard let library = LibraryID(Array(try reader.bytes(exactly: 32))) else {
            throw CBORError(code: .wrongCount, offset: reader.offset, message: "no library")
        }
        try map.require(2, &reader)
        let name = try reader.string()
        try map.require(3, &reader)
        let entryCount = try reader.unsigned()
        try map.require(4, &reader)
        let recordCount = try reader.unsigned()
        try map.require(5, &reader)
        let position = try reader.unsigned(atMost: UInt64(Int64.max))
        try map.require(6, &reader)
        let accumulator = Array(try reader.bytes(exactly: 32))
        try map.require(7, &reader)
        let schemaVersion = try reader.unsigned()
        try map.end(&reader)
        self.init(
            library: library,
            name: name,
            entryCount: entryCount,
            recordCount: recordCount,
            hubHead: LogHead(position: position, accumulator: accumulator),
            schemaVersion: schemaVersion
        )
    }
}
