import ArticleFormats
import ArticleModel
import Backup
import CommandArguments
import Diagnostics
import Files
import Membership
import ReplicaStore

/// `galley backup create`.
enum BackupCreateCommand: Command {
    static let path = ["backup", "create"]
    static let description = CommandDescription(
        "create",
        "copy the library into one checked file",
        discussion: """
            The library may be in use meanwhile; what is copied is one moment of it. Signed \
            changes, articles, notes and where the hub is are in the backup; the secret key of this \
            device is not, unless --with-key says so: another device of yours, or an owner, can \
            let a machine in without it.
            """,
        arguments: [ArgumentDescription("file", "the file to make, or the folder to make it in")],
        options: [
            OptionDescription(flag: "force", "replace a file that is there"),
            OptionDescription(
                flag: "with-key",
                "the device's secret key too; whoever has the file can then sign as you"
            ),
        ],
        examples: [
            CommandExample("galley backup create /media/disk", "a file named after today"),
            CommandExample("galley backup create press.galley-backup", "a file of this name"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let now = client.now()
        let path = BackupName.path(
            for: try line.required("file"),
            of: library.members.libraryName,
            at: now
        )
        let key = line.has("with-key") ? try keyFile(of: library) : nil
        var writer = try BackupWriter(
            path: path,
            manifest: BackupManifest(
                kind: .library,
                timeMilliseconds: now,
                program: ProductVersion.text
            ),
            replacing: line.has("force")
        )
        let file = try writer.add(library.replica, name: BackupName.replica)
        if let key { try writer.add(key.pem, kind: .deviceKey, name: "\(key.device).pem") }
        try writer.finish()
        tell(file, path: path, byteCount: writer.byteCount, hasKey: key != nil, client)
        return .done
    }

    /// The key as it is kept: under its passphrase, where it has one.
    private static func keyFile(
        of library: OpenLibrary
    ) throws -> (device: DeviceKey, pem: [UInt8]) {
        // Opened first, so that what goes into the backup is known to be the key.
        _ = try library.key()
        guard let device = library.device else {
            throw ClientError(.notAllowed, "key.missing", "There is no key to back up.")
        }
        return (device, try KeyFolder(library.client.places.keys).pem(of: device))
    }

    private static func tell(
        _ file: BackedUpFile,
        path: String,
        byteCount: Int,
        hasKey: Bool,
        _ client: Client
    ) {
        guard let facts = file.facts else { return }
        guard client.output.isText else {
            client.output.json(
                .object(
                    [JSONValue.Member("schema", "galley.backup/1")] + BackupText.members(facts) + [
                        JSONValue.Member("path", .string(path)),
                        JSONValue.Member("bytes", .integer(Int64(byteCount))),
                        JSONValue.Member("has_key", .bool(hasKey)),
                    ]
                )
            )
            return
        }
        client.output.print(
            "\(path): library \(facts.name), \(BackupText.summary(facts)), "
                + "\(HumanSize.text(ofBytes: byteCount))."
        )
        if hasKey {
            client.output.message(
                "The secret key of this device is in it: keep the file as safe as the key."
            )
        } else {
            client.output.message("No secret key is in it. Only you may read the file.")
        }
        client.output.hint("galley backup verify \(path) checks it, here or anywhere")
    }
}
