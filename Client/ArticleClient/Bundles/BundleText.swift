import ArticleFormats
import ArticleModel
import Diagnostics
import Membership
import ReplicaStore
import SyncEngine
import SyncProtocol

/// What is told of a bundle.
struct BundleText {
    let header: BundleHeader
    /// The library it belongs to, where that is the one here.
    private let library: OpenLibrary?

    init(_ header: BundleHeader, _ library: OpenLibrary?) {
        self.header = header
        self.library = library?.replica.library == header.library ? library : nil
    }

    /// How much is in it.
    var contents: String {
        var facts = [counted(Int(clamping: header.entryCount), "change set")]
        if header.recordCount > 0 {
            facts.append(counted(Int(clamping: header.recordCount), "membership record"))
        }
        return facts.joined(separator: ", ")
    }

    /// Who made it, as far as known here.
    var author: String {
        guard let library, library.members.device(header.author) != nil else {
            return "device \(header.author.handle.prefix(8))"
        }
        return library.name(of: header.author)
    }

    /// What its maker has.
    var mark: String { BundleMark.text(header.frontier, in: header.library) }

    /// What it goes on from; nil where it goes from the beginning.
    var base: String? { header.base.map { BundleMark.text($0, in: header.library) } }

    /// For scripts.
    func json(
        _ schema: String,
        path: String,
        byteCount: Int? = nil,
        _ more: [JSONValue.Member] = []
    ) -> JSONValue {
        var members = [
            JSONValue.Member("schema", .string(schema)),
            JSONValue.Member("path", .string(path)),
            JSONValue.Member("library", .string(header.library.description)),
            JSONValue.Member("device", .string(header.author.description)),
            JSONValue.Member("author", .string(author)),
            JSONValue.Member(
                "made",
                .string(RFC3339.text(ofMilliseconds: header.timeMilliseconds))
            ),
            JSONValue.Member("entries", .integer(Int64(clamping: header.entryCount))),
            JSONValue.Member("records", .integer(Int64(clamping: header.recordCount))),
            JSONValue.Member("since", .optional(base)),
            JSONValue.Member("mark", .string(mark)),
        ]
        if let byteCount { members.append(JSONValue.Member("bytes", .integer(Int64(byteCount)))) }
        return .object(members + more)
    }

    /// What a bundle goes on from, in words with the names of devices.
    static func name(
        of missing: BundleError.Missing,
        in library: OpenLibrary,
        _ devices: [ChainID: DeviceKey]
    ) -> String {
        guard case .entry(let position) = missing, let device = devices[position.chain] else {
            return missing.description
        }
        return "\(library.name(of: device)) \(position.sequence) (\(position.id.handle.prefix(8)))"
    }
}

extension OpenLibrary {
    /// The failure of a bundle that does not connect, with the names of devices in it.
    func naming(_ error: BundleError) throws -> BundleError {
        guard error.code == .notConnected else { return error }
        var devices: [ChainID: DeviceKey] = [:]
        for chain in try replica.chains() {
            for head in chain.heads { devices[head.chain] = chain.device }
        }
        let names = error.missing.map { BundleText.name(of: $0, in: self, devices) }
        return BundleError(
            .notConnected,
            "The bundle goes on from what is not here: \(names.joined(separator: ", ")). Nothing "
                + "of it was kept.",
            missing: error.missing
        )
    }
}
