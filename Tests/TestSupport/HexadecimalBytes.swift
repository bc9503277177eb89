/// The bytes that hexadecimal digits in lower case, as a test writes them, stand for.
public func bytes(_ hexadecimal: String) -> [UInt8] {
    let values = hexadecimal.utf8.map { $0 <= 57 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}
