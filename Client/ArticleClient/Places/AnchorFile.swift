import ArticleModel
import Files
import ReplicaStore

/// The anchor of a library's own chain, in a file of the state folder.
///
/// One line: `galley-anchor/1 CHAIN SEQUENCE ENTRY MACHINE`, all but the number in hexadecimal.
/// What cannot be read counts as missing: then a new chain is opened, which is always safe.
struct AnchorFile: ChainAnchorStore {
    private let path: String

    /// The anchor of `device` in `library`, in `folder`.
    init(folder: String, library: LibraryID, device: DeviceKey) {
        path = "\(folder)/\(library.handle.prefix(12))-\(device.handle.prefix(12))"
    }

    func load() throws -> ChainAnchor? {
        guard FileSystem.exists(path) else { return nil }
        let bytes = try FileSystem.read(path, limit: 4096)
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 5, words[0] == Self.mark, let sequence = UInt64(words[2]),
            let chain = [UInt8](hexadecimal: words[1]).flatMap({ ChainID($0) }),
            let entry = [UInt8](hexadecimal: words[3]).flatMap({ ChangeSetID($0) }),
            let machine = [UInt8](hexadecimal: words[4])
        else { return nil }
        return ChainAnchor(chain: chain, sequence: sequence, id: entry, machine: machine)
    }

    func advance(to anchor: ChainAnchor) throws {
        try FileSystem.makeFolder(FileSystem.folder(of: path))
        try FileLock.holding(path + ".lock") { try replace(with: anchor) }
    }

    private func replace(with anchor: ChainAnchor) throws {
        if let kept = try load(), kept.chain == anchor.chain, kept.sequence > anchor.sequence {
            return
        }
        let line =
            "\(Self.mark) \(anchor.chain) \(anchor.sequence) \(anchor.id) "
            + "\(anchor.machine.hexadecimal)\n"
        try FileSystem.write(Array(line.utf8), to: path, mode: 0o600)
    }

    private static let mark = "galley-anchor/1"

    /// What tells this machine from others: its id, else its name.
    ///
    /// `GALLEY_MACHINE` says it where neither does: containers made from one image have both alike.
    static func machine(_ variables: [String: String]) -> [UInt8] {
        if let name = variables["GALLEY_MACHINE"], !name.isEmpty { return Array(name.utf8) }
        if let id = try? FileSystem.read("/etc/machine-id", limit: 256), !id.isEmpty {
            return Array(id.prefix { $0 != 0x0A })
        }
        return Array((Surroundings.hostName ?? "unnamed").utf8)
    }
}
