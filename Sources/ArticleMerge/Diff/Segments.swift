/// Pieces of a text, each a range of its bytes: characters as people see them, or words.
struct Segments {
    /// Where each piece begins, and where the last one ends.
    private(set) var starts: [Int]

    var count: Int { starts.count - 1 }

    /// The bytes of the pieces `range`.
    func bytes(of range: Range<Int>) -> Range<Int> {
        starts[range.lowerBound]..<starts[range.upperBound]
    }

    /// The characters as people see them in `range` of `utf8`, which must not split any.
    static func characters(of utf8: ArraySlice<UInt8>) -> Segments {
        var starts = [utf8.startIndex]
        if utf8.allSatisfy({ $0 < 0x80 }) {
            // CR is in no text, so every ASCII scalar is a character.
            starts = Array(utf8.startIndex...utf8.endIndex)
        } else {
            var end = utf8.startIndex
            for character in String(decoding: utf8, as: UTF8.self) {
                end += character.utf8.count
                starts.append(end)
            }
        }
        return Segments(starts: starts)
    }

    /// Words, runs of white space, and single other characters.
    static func words(of utf8: ArraySlice<UInt8>) -> Segments {
        let characters = Self.characters(of: utf8)
        var starts = [utf8.startIndex]
        var last: Kind?
        for index in 0..<characters.count {
            let range = characters.bytes(of: index..<index + 1)
            let kind = Kind(utf8[range])
            if let last, kind != last || kind == .other { starts.append(range.lowerBound) }
            last = kind
        }
        if utf8.endIndex > utf8.startIndex { starts.append(utf8.endIndex) }
        return Segments(starts: starts)
    }

    /// Lines, each with the line feed that ends it.
    static func lines(of utf8: ArraySlice<UInt8>) -> Segments {
        var starts = [utf8.startIndex]
        for index in utf8.indices where utf8[index] == 0x0A { starts.append(index + 1) }
        if starts.last != utf8.endIndex { starts.append(utf8.endIndex) }
        return Segments(starts: starts)
    }

    private enum Kind {
        case word
        case space
        case other

        init(_ character: ArraySlice<UInt8>) {
            if let byte = character.first, byte < 0x80, character.count == 1 {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
                    self = .word
                case 0x09...0x0D, 0x20: self = .space
                default: self = .other
                }
                return
            }
            let scalar = String(decoding: character, as: UTF8.self).unicodeScalars.first
            guard let properties = scalar?.properties else {
                self = .other
                return
            }
            if properties.isWhitespace {
                self = .space
            } else if properties.isAlphabetic || properties.numericType != nil {
                self = .word
            } else {
                self = .other
            }
        }
    }
}
