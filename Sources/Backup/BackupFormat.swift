import Signing

// A backup is one file:
//
//   magic    16 bytes: "galley-backup/0\n"; the digit is the version
//   record   one after the other, to the end of the file
//
// A record:
//
//   length   4 bytes, big-endian: the bytes of kind and payload, at most 2 MiB
//   kind     1 byte: 1 manifest, 2 file, 3 content, 4 end
//   payload  the rest
//   check    32 bytes: SHA-256 of the check before (of the magic, at first) and of the record's
//            bytes so far
//
// The manifest comes first. Each file is followed by its contents in order, each of which is the
// plain size (4 bytes, big-endian, 1 byte to 1 MiB) and one zstd frame. The end has no payload;
// its check stands for everything before it. Manifest and file are CBOR maps.

/// What both sides of the format know.
enum BackupFormat {
    static let magic = Array("galley-backup/0\n".utf8)
    /// What every version begins with.
    static let magicStart = Array("galley-backup/".utf8)
    static let recordSizeMax = 2 * 1024 * 1024
    static let pieceSizeMax = 1024 * 1024
    static let lengthSize = 4
    static let checkSize = SHA256.byteCount

    enum Kind: UInt8 {
        case manifest = 1
        case file = 2
        case content = 3
        case end = 4
    }

    static func bytes(of number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    static func number(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    /// The bytes of a record that follows one with the check `check`, which becomes its own.
    static func record(_ kind: Kind, _ payload: [UInt8], _ check: inout [UInt8]) -> [UInt8] {
        let record = bytes(of: payload.count + 1) + [kind.rawValue] + payload
        check = self.check(record, after: check)
        return record + check
    }

    /// The check of a record that follows one with the check `previous`.
    static func check(_ record: [UInt8], after previous: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(previous)
        hash.update(record)
        return hash.finalize()
    }
}
