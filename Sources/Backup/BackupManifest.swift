public import ReplicaStore

/// What a backup says of itself.
public struct BackupManifest: Hashable, Sendable {
    /// Whose backup it is.
    public enum Kind: UInt64, Hashable, Sendable {
        /// A library of a client.
        case library = 1
        /// All of a hub.
        case hub = 2
    }

    /// Whose backup it is.
    public let kind: Kind
    /// When it was made: milliseconds since 1970, by the clock there.
    public let timeMilliseconds: Int64
    /// The version of the program that made it.
    public let program: String

    /// Describes a backup.
    public init(kind: Kind, timeMilliseconds: Int64, program: String) {
        self.kind = kind
        self.timeMilliseconds = timeMilliseconds
        self.program = program
    }
}

/// A file in a backup.
public struct BackedUpFile: Hashable, Sendable {
    /// What it is for.
    public enum Kind: UInt64, Hashable, Sendable {
        /// The replica of a library.
        case replica = 1
        /// The private key of a client's device.
        case deviceKey = 2
        /// The hub's private key.
        case hubKey = 3
        /// The hub's settings.
        case hubSettings = 4
        /// A claim code of the hub that nobody has used.
        case claim = 5
    }

    /// What it is for.
    public let kind: Kind
    /// Its name among those of its kind: letters, digits, `.`, `-`, `_`, no dot in front.
    public let name: String
    /// Its size in bytes.
    public let size: UInt64
    /// SHA-256 of its bytes.
    public let hash: [UInt8]
    /// Of a replica, what it holds.
    public let facts: ReplicaFacts?

    /// Describes a file.
    public init(kind: Kind, name: String, size: UInt64, hash: [UInt8], facts: ReplicaFacts? = nil) {
        self.kind = kind
        self.name = name
        self.size = size
        self.hash = hash
        self.facts = facts
    }

    /// Whether a name can do no harm as a part of a path.
    static func isHarmless(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
