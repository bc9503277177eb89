import ArticleModel
import CBOR

extension CBORWriter {
    mutating func mark(_ mark: Mark) {
        array(2)
        unsigned(mark.position)
        bytes(mark.prefix)
    }
}

extension CBORReader {
    mutating func mark() throws(CBORError) -> Mark {
        try array(exactly: 2)
        let position = try unsigned(atMost: UInt64(Int64.max))
        return Mark(position: position, prefix: Array(try bytes(exactly: 16)))
    }

    mutating func identifier16<Tag>() throws(CBORError) -> Identifier16<Tag> {
        let start = offset
        guard let identifier = Identifier16<Tag>(try bytes(exactly: 16)) else {
            throw CBORError(code: .wrongCount, offset: start, message: "no identifier")
        }
        return identifier
    }

    mutating func identifier32<Tag>() throws(CBORError) -> Identifier32<Tag> {
        let start = offset
        guard let identifier = Identifier32<Tag>(try bytes(exactly: 32)) else {
            throw CBORError(code: .wrongCount, offset: start, message: "no identifier")
        }
        return identifier
    }

    mutating func shortText() throws(CBORError) -> String {
        let start = offset
        let utf8 = try text()
        guard utf8.count <= ProtocolLimits.textSizeMax else {
            throw CBORError(
                code: .outOfRange,
                offset: start,
                message: "a text is longer than \(ProtocolLimits.textSizeMax) bytes"
            )
        }
        return String(decoding: utf8, as: UTF8.self)
    }
}
