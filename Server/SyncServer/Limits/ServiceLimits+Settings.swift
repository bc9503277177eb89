import SyncEngine

// Limits as `hub.conf` says them: numbers, sizes (`256 MiB`), rates (`2000 + 50/s`: so much at once,
// so much a second), and `unlimited` where nothing is to be bounded.

extension ServiceLimits {
    /// The settings and their values, in the order in which they are shown.
    public var settings: [(name: String, value: String)] {
        Self.all.map { ($0.name, $0.read(self)) }
    }

    /// Takes a setting; nil where there is none of that name, false where the value is none.
    mutating func set(_ name: String, _ text: String) -> Bool? {
        guard let setting = Self.all.first(where: { $0.name == name }) else { return nil }
        return setting.write(&self, text)
    }

    static var names: [String] { all.map(\.name) }

    private struct Setting {
        let name: String
        let read: (ServiceLimits) -> String
        let write: (inout ServiceLimits, String) -> Bool
    }

    private static var all: [Setting] {
        [
            count("connections", \.connectionCount),
            count("connections-per-address", \.addressConnectionCount),
            count("connections-per-device", \.deviceConnectionCount),
            rate("handshakes-per-address", \.addressHandshakes, Amount.count),
            rate("changes-per-device", \.deviceEntries, Amount.count),
            rate("bytes-per-device", \.deviceBytes, Amount.size),
            optional("stored-changes-per-device", \.storedEntries, Amount.count),
            optional("stored-bytes-per-device", \.storedBytes, Amount.size),
            Setting(
                name: "memory",
                read: { Amount.size.text(Int64($0.memory)) },
                write: { limits, text in
                    guard let value = Amount.size.value(text), value >= 1 << 20 else {
                        return false
                    }
                    limits.memory = Int(value)
                    return true
                }
            ),
        ]
    }

    private static func count(
        _ name: String,
        _ path: WritableKeyPath<ServiceLimits, Int>
    ) -> Setting {
        Setting(
            name: name,
            read: { Amount.count.text(Int64($0[keyPath: path])) },
            write: { limits, text in
                guard let value = Amount.count.value(text), value > 0 else { return false }
                limits[keyPath: path] = Int(value)
                return true
            }
        )
    }

    private static func optional(
        _ name: String,
        _ path: WritableKeyPath<ServiceLimits, Int64?>,
        _ amount: Amount
    ) -> Setting {
        Setting(
            name: name,
            read: { $0[keyPath: path].map { amount.text($0) } ?? Amount.unlimited },
            write: { limits, text in
                if text == Amount.unlimited {
                    limits[keyPath: path] = nil
                    return true
                }
                guard let value = amount.value(text) else { return false }
                limits[keyPath: path] = value
                return true
            }
        )
    }

    private static func rate(
        _ name: String,
        _ path: WritableKeyPath<ServiceLimits, Rate?>,
        _ amount: Amount
    ) -> Setting {
        Setting(
            name: name,
            read: { limits in
                guard let rate = limits[keyPath: path] else { return Amount.unlimited }
                return "\(amount.text(rate.burst)) + \(amount.text(rate.perSecond))/s"
            },
            write: { limits, text in
                if text == Amount.unlimited {
                    limits[keyPath: path] = nil
                    return true
                }
                let parts = text.split(separator: "+", omittingEmptySubsequences: false)
                guard parts.count == 2, let first = parts.first, let last = parts.last,
                    last.hasSuffix("/s"), let burst = amount.value(String(first)),
                    let perSecond = amount.value(String(last.dropLast(2))),
                    burst > 0, perSecond > 0
                else { return false }
                limits[keyPath: path] = Rate(burst: burst, perSecond: perSecond)
                return true
            }
        )
    }
}

/// How numbers are written in settings.
enum Amount {
    /// A number of things.
    case count
    /// A number of bytes, with or without a unit.
    case size

    static let unlimited = "unlimited"

    private static let units: [(name: String, shift: Int64)] = [
        ("GiB", 30), ("MiB", 20), ("KiB", 10),
    ]

    func text(_ value: Int64) -> String {
        guard case .size = self, value > 0,
            let unit = Self.units.first(where: { value % (1 << $0.shift) == 0 })
        else { return String(value) }
        return "\(value >> unit.shift) \(unit.name)"
    }

    /// The number that is written; nil where there is none, or a monstrous one.
    func value(_ text: String) -> Int64? {
        var digits = text.filter { !$0.isWhitespace }
        var shift: Int64 = 0
        if case .size = self, let unit = Self.units.first(where: { digits.hasSuffix($0.name) }) {
            digits.removeLast(unit.name.count)
            shift = unit.shift
        }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(digits), number <= (1 << 48) >> shift
        else { return nil }
        return number << shift
    }
}
