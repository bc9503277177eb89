import ArticleFormats
import ArticleModel
import CBOR
import CommandArguments
import Files
import Membership
import ReplicaStore
import Signing

/// Writes the signed log so that a stranger with any COSE library can verify it.
enum ChangeSetExport {
    static func run(
        _ line: ParsedCommand,
        _ library: OpenLibrary,
        _ client: Client
    ) throws -> ExitCode {
        guard let path = line.value("output"), path != "-" else {
            throw line.misuse(
                "Change sets are written to a file, with two more beside it: give -o FILE."
            )
        }
        let wanted = Set(try line.arguments("id").map { try library.article($0).id })
        var messages: [UInt8] = []
        var bodies = CBORWriter()
        var count = 0
        var row: Int64 = 0
        while true {
            let entries = try library.replica.entries(afterRow: row)
            guard let last = entries.last else { break }
            for entry in entries {
                let touched = entry.signed.header.touched.map(\.article)
                // Openings of chains tell whose key a chain's signatures are by.
                let isWanted =
                    wanted.isEmpty || entry.signed.header.opening != nil
                    || touched.contains(where: wanted.contains)
                guard isWanted else { continue }
                messages += entry.signed.bytes
                if let body = entry.body { bodies.bytes(body) }
                count += 1
            }
            row = last.row
        }
        // What was signed comes last: where it is, all of it is.
        try FileSystem.write(bodies.bytes, to: path + ".bodies")
        let keys = try JSONWriter.bytes(self.keys(library), layout: .pretty) + [0x0A]
        try FileSystem.write(keys, to: path + ".keys.json")
        try FileSystem.write(messages, to: path)
        client.output.message(
            "Wrote \(count) change sets to \(path), their bodies to \(path).bodies, "
                + "the members' keys to \(path).keys.json."
        )
        return .done
    }

    /// The members' public keys, with the chains they sign.
    private static func keys(_ library: OpenLibrary) throws -> JSONValue {
        let chains = try library.replica.chains()
        let devices = try library.members.devices.map { device -> JSONValue in
            let own = chains.filter { $0.device == device.key }
                .flatMap { $0.heads.map(\.chain.description) }
            return [
                "user": .string(library.name(of: device.user)), "device": .string(device.name),
                "role": .optional(library.members.role(of: device.user).map { "\($0)" }),
                "key": .string(device.key.description),
                "pem": .string(
                    String(decoding: try device.key.publicKey().pem, as: UTF8.self)
                ),
                "chains": .strings(Set(own).sorted()),
            ]
        }
        return [
            "schema": "galley.keys/1", "library": .string(library.replica.library.description),
            "algorithm": "Ed25519", "devices": .array(devices),
        ]
    }
}
