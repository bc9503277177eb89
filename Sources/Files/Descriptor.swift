import Glibc

/// An open file, closed with the value.
struct Descriptor: ~Copyable {
    let number: Int32
    private let path: String

    init(opening path: String, _ flags: Int32, mode: UInt32 = 0, to operation: String)
        throws(FileError)
    {
        var number: Int32
        repeat {
            number = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
        } while number < 0 && errno == EINTR
        guard number >= 0 else { throw FileError(operation, path, number: errno) }
        self.number = number
        self.path = path
    }

    deinit { close(number) }

    func readAll(limit: Int) throws(FileError) -> [UInt8] {
        try Self.readAll(number, path: path, limit: limit)
    }

    func writeAll(_ bytes: [UInt8]) throws(FileError) {
        try Self.writeAll(bytes, to: number, path: path)
    }

    func synchronize() throws(FileError) {
        guard fsync(number) == 0 else { throw FileError("made durable", path, number: errno) }
    }

    static func readAll(_ number: Int32, path: String, limit: Int) throws(FileError) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(number, bytes.baseAddress, bytes.count)
            }
            if count == 0 { return result }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path, number: errno)
            }
            guard result.count + count <= limit else {
                throw FileError(
                    .tooLarge,
                    "\(path) has more than \(limit) bytes, which is the most that is read."
                )
            }
            result.append(contentsOf: buffer[..<count])
        }
    }

    static func writeAll(_ bytes: [UInt8], to number: Int32, path: String) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(number, bytes.baseAddress, bytes.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("written", path, number: errno)
            }
            rest = rest.dropFirst(count)
        }
    }
}
