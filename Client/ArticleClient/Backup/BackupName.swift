import Diagnostics
import Files

/// What files of backups are called.
enum BackupName {
    /// The replica in a library's backup.
    static let replica = "library.sqlite3"

    /// Where a backup goes: to `target`, or, where that is a folder, to a file in it named after
    /// the library and the time.
    static func path(for target: String, of library: String, at time: Int64) -> String {
        guard FileSystem.isFolder(target) else { return target }
        let folder = target.hasSuffix("/") && target != "/" ? String(target.dropLast()) : target
        return "\(folder)/\(plain(library))-\(stamp(time)).galley-backup"
    }

    /// A time as a part of a name: `20261123T140509Z`.
    static func stamp(_ time: Int64) -> String {
        let text = RFC3339.text(ofMilliseconds: time).prefix(19)
        return text.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// A name that every file system takes.
    static func plain(_ name: String) -> String {
        let letters = name.unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || "0" <= scalar && scalar <= "9")
            return isPlain ? Character(scalar) : "-"
        }
        let text = String(letters.prefix(40)).split(separator: "-").joined(separator: "-")
        return text.isEmpty ? "library" : text
    }
}
