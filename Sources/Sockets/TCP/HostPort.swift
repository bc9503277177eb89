/// Where a hub is reached or listens, as people write it: `HOST:PORT`, `[IPV6]:PORT`.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// The port a hub has where none is said.
    public static let usualPort = 4480

    /// A name or an address in digits; empty for every address of this machine.
    public let host: String
    /// The port; 0 for any that is free.
    public let port: Int

    /// Names a place.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`, `HOST`, `[IPV6]:PORT`, or `:PORT` and `*:PORT` for every address.
    ///
    /// Nil where it is none of them; without a port it is ``usualPort``.
    public init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard !rest.isEmpty, !rest.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { return nil }
        var name: ArraySlice<UInt8>
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            name = rest[(rest.startIndex + 1)..<end]
            guard name.contains(UInt8(ascii: ":")) else { return nil }
            rest = rest[(end + 1)...]
        } else {
            let end = rest.lastIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            name = rest[..<end]
            // An address of IPv6 without brackets: where its port begins nobody can say.
            guard !name.contains(UInt8(ascii: ":")) else { return nil }
            rest = rest[end...]
        }
        if rest.isEmpty {
            guard !name.isEmpty else { return nil }
            port = Self.usualPort
        } else {
            guard rest.popFirst() == UInt8(ascii: ":"), (1...5).contains(rest.count),
                rest.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(String(decoding: rest, as: UTF8.self)), number <= 65_535
            else { return nil }
            port = number
        }
        if name.elementsEqual("*".utf8) { name = [] }
        host = String(decoding: name, as: UTF8.self)
    }

    /// `HOST:PORT`, with brackets around IPv6.
    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host.isEmpty ? "*" : host):\(port)"
    }
}
