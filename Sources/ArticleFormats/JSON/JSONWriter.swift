/// Writes JSON: the same value always gives the same bytes.
public enum JSONWriter {
    /// How a document is laid out.
    public enum Layout: Hashable, Sendable {
        /// On one line, as NDJSON wants it.
        case compact
        /// A member a line, indented by two spaces.
        case pretty
    }

    /// `value` as UTF-8, without a line end.
    public static func bytes(_ value: JSONValue, layout: Layout = .compact) -> [UInt8] {
        var output: [UInt8] = []
        write(value, layout: layout, depth: 0, to: &output)
        return output
    }

    /// `value` as a string, without a line end.
    public static func string(_ value: JSONValue, layout: Layout = .compact) -> String {
        String(decoding: bytes(value, layout: layout), as: UTF8.self)
    }

    private static func write(
        _ value: JSONValue,
        layout: Layout,
        depth: Int,
        to output: inout [UInt8]
    ) {
        switch value {
        case .null: output += Array("null".utf8)
        case .bool(let bool): output += Array((bool ? "true" : "false").utf8)
        case .integer(let integer): output += Array(String(integer).utf8)
        case .number(let number):
            output += Array((number.isFinite ? "\(number)" : "null").utf8)
        case .string(let string): write(string, to: &output)
        case .array(let values):
            writeList("[", "]", count: values.count, layout, depth, to: &output) { index, output in
                write(values[index], layout: layout, depth: depth + 1, to: &output)
            }
        case .object(let members):
            writeList("{", "}", count: members.count, layout, depth, to: &output) { index, output in
                write(members[index].name, to: &output)
                output += layout == .pretty ? [0x3A, 0x20] : [0x3A]
                write(members[index].value, layout: layout, depth: depth + 1, to: &output)
            }
        }
    }

    private static func writeList(
        _ opening: Unicode.Scalar,
        _ closing: Unicode.Scalar,
        count: Int,
        _ layout: Layout,
        _ depth: Int,
        to output: inout [UInt8],
        element: (Int, inout [UInt8]) -> Void
    ) {
        output.append(UInt8(ascii: opening))
        for index in 0..<count {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            if layout == .pretty { breakLine(depth + 1, &output) }
            element(index, &output)
        }
        if layout == .pretty, count > 0 { breakLine(depth, &output) }
        output.append(UInt8(ascii: closing))
    }

    private static func breakLine(_ depth: Int, _ output: inout [UInt8]) {
        output.append(0x0A)
        output += Array(repeating: 0x20, count: depth * 2)
    }

    /// Escapes what JSON demands, and DEL and C1 controls and the line separators of JavaScript,
    /// so that a document is safe to print to a terminal.
    private static func write(_ string: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar.value {
            case 0x22: output += [0x5C, 0x22]
            case 0x5C: output += [0x5C, 0x5C]
            case 0x0A: output += Array("\\n".utf8)
            case 0x0D: output += Array("\\r".utf8)
            case 0x09: output += Array("\\t".utf8)
            case 0x00..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069:
                let digits = String(scalar.value, radix: 16)
                output += Array("\\u".utf8)
                output += Array(repeating: UInt8(ascii: "0"), count: 4 - digits.count)
                output += Array(digits.utf8)
            default: output += Array(Unicode.UTF8.encode(scalar) ?? .init())
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
