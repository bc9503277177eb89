import ArticleFormats
import ArticleModel
import CommandArguments
import Files
import Membership
import ReplicaStore

/// `galley verify --forks` and `galley verify --proof`.
enum ForkReport {
    /// Shows the chains that forked; writes what proves it to `output`, if given.
    static func run(
        output path: String?,
        _ library: OpenLibrary,
        _ client: Client
    ) throws -> ExitCode {
        let forks = try library.replica.forks()
        var proofs: [ForkProof] = []
        var items: [JSONValue] = []
        if client.output.isText, forks.isEmpty {
            client.output.print("No chain has forked.")
        }
        for fork in forks {
            let proof = try library.replica.proof(of: fork)
            if let proof { proofs.append(proof) }
            let entries = try fork.entries.compactMap { try library.replica.entry($0)?.signed }
            items.append(json(fork, entries, proof, library))
            guard client.output.isText else { continue }
            show(fork, entries, hasProof: proof != nil, library, client)
        }
        if let path {
            let written = Array(proofs.prefix(ForkProof.countMax))
            try FileSystem.write(ForkProof.encode(written), to: path)
            client.output.message("Wrote \(counted(written.count, "proof")) to \(path).")
        }
        if !client.output.isText {
            client.output.json(["schema": "galley.forks/1", "forks": .array(items)])
        }
        return .done
    }

    /// Checks the proofs in a file.
    static func check(
        _ path: String,
        _ library: OpenLibrary,
        _ client: Client
    ) throws -> ExitCode {
        let bytes = try FileSystem.read(path, limit: proofFileSizeMax)
        let proofs: [ForkProof]
        do throws(MembershipError) {
            proofs = try ForkProof.decode(bytes)
        } catch {
            throw ClientError(
                .integrity,
                "proof.invalid",
                "\(path) proves nothing: \(error.message)"
            )
        }
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.proofs/1", "proofs": .array(proofs.map { json($0, library) }),
            ])
            return .done
        }
        for proof in proofs {
            client.output.paragraph(
                "holds: \(library.name(of: proof.device)) signed both "
                    + "\(proof.first.id.handle.prefix(8)) and "
                    + "\(proof.second.id.handle.prefix(8)) as number \(proof.sequence) of chain "
                    + "\(proof.chain.handle.prefix(8))"
            )
        }
        client.output.print("\(counted(proofs.count, "proof")), all good.")
        return .done
    }

    private static let proofFileSizeMax = 256 * 1024 * 1024

    private static func show(
        _ fork: Fork,
        _ entries: [SignedChangeSet],
        hasProof: Bool,
        _ library: OpenLibrary,
        _ client: Client
    ) {
        client.output.paragraph(
            "\(library.name(of: fork.device)) signed \(entries.count) change sets numbered "
                + "\(fork.sequence) on chain \(fork.chain.handle.prefix(8)):"
        )
        for entry in entries {
            client.output.print(
                "  \(entry.id.handle.prefix(8))  \(client.localTime(entry.header.timeMilliseconds))"
                    + "  \(counted(entry.header.touched.count, "article"))"
            )
        }
        let ends = fork.heads.map { "\($0.sequence)" }.joined(separator: ", ")
        client.output.paragraph(
            "  \(counted(fork.heads.count, "branch", plural: "branches")), up to numbers \(ends); "
                + "all of them count"
                + (hasProof ? "" : "; no proof for others until good signatures are fetched")
        )
    }

    private static func json(
        _ fork: Fork,
        _ entries: [SignedChangeSet],
        _ proof: ForkProof?,
        _ library: OpenLibrary
    ) -> JSONValue {
        [
            "chain": .string(fork.chain.description),
            "device": .string(library.name(of: fork.device)),
            "key": .string(fork.device.description),
            "sequence": .integer(Int64(clamping: fork.sequence)),
            "entries": .array(
                entries.map { entry in
                    [
                        "id": .string(entry.id.description),
                        "time_ms": .integer(entry.header.timeMilliseconds),
                        "articles": .strings(entry.header.touched.map(\.article.handle)),
                    ]
                }
            ),
            "heads": .array(
                fork.heads.map { head in
                    [
                        "sequence": .integer(Int64(clamping: head.sequence)),
                        "id": .string(head.id.description),
                    ]
                }
            ),
            "proof": .optional(proof?.encoded().hexadecimal),
        ]
    }

    private static func json(_ proof: ForkProof, _ library: OpenLibrary) -> JSONValue {
        [
            "chain": .string(proof.chain.description),
            "device": .string(library.name(of: proof.device)),
            "key": .string(proof.device.description),
            "sequence": .integer(Int64(clamping: proof.sequence)),
            "entries": .strings([proof.first.id.description, proof.second.id.description]),
        ]
    }
}
