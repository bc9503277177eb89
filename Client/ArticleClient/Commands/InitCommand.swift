import ArticleFormats
import ArticleModel
import CommandArguments
import Files
import Membership
import ReplicaStore
import Signing

/// `galley init`.
enum InitCommand: Command {
    static let description = CommandDescription(
        "init",
        "make a new library on this machine",
        discussion: """
            Makes the library, your user and this device, with a key of its own, or the one this \
            machine has for its other libraries. Nothing needs a network: a hub can be added later \
            with 'galley remote add'.
            """,
        options: [
            OptionDescription("name", value: "NAME", "what the library is called"),
            OptionDescription("user", value: "NAME", "your name (the login name)"),
            OptionDescription("device", value: "NAME", "this machine's name (the host name)"),
            OptionDescription(flag: "new-key", "a key that no other library here knows"),
        ],
        examples: [
            CommandExample("galley init", "a library with the usual names"),
            CommandExample(
                "galley init --user ada --device laptop --name Press",
                "with names of one's own"
            ),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let path = client.places.library
        guard !FileSystem.exists(path) else {
            throw ClientError(
                .failed,
                "library.exists",
                "There is a library at \(path) already. Nothing was changed.",
                hint: "galley status looks at it; --library PATH makes another one elsewhere"
            )
        }
        let names = try Names(line, client)
        let machine = try MachineKey(
            client,
            isNew: line.has("new-key") || client.passphraseFile != nil
        )
        do {
            let library = try make(path, names: names, key: machine.key, client)
            say(library, names: names, key: machine.key, at: path, client)
        } catch {
            // Half a library would stand in the way of the next try.
            machine.discard(client)
            for suffix in ["", "-wal", "-shm"] { _ = try? FileSystem.remove(path + suffix) }
            throw error
        }
        return .done
    }

    private static func make(
        _ path: String,
        names: Names,
        key: PrivateKey,
        _ client: Client
    ) throws -> LibraryID {
        guard let nonce = Identifier32<GenesisNonceTag>(client.random(32)) else {
            throw ClientError(.failed, "random", "The system gave too few random bytes.")
        }
        let record = try MembershipRecord.genesis(
            Genesis(
                nonce: nonce,
                libraryName: names.library,
                userName: names.user,
                deviceName: names.device
            ),
            timeMilliseconds: client.now(),
            signedBy: key
        )
        let library = try MembershipLog(genesis: record).library
        try FileSystem.makeFolder(FileSystem.folder(of: path))
        let replica = try Replica(creating: path, library: library)
        try replica.appendMembership([MembershipLog.Entry(record: record, receipt: nil)])
        return library
    }

    private static func say(
        _ library: LibraryID,
        names: Names,
        key: PrivateKey,
        at path: String,
        _ client: Client
    ) {
        if client.output.isText {
            client.output.print(
                "Created library \(names.library), device \(names.user)/\(names.device)."
            )
            client.output.message("It is at \(path).")
            client.output.hint("galley import FILE… takes articles in")
        } else {
            client.output.json([
                "schema": "galley.init/1", "library": .string(library.description),
                "name": .string(names.library), "user": .string(names.user),
                "device": .string(names.device), "path": .string(path),
            ])
        }
    }
}

/// The names given on a command line, or the usual ones.
struct Names {
    let library: String
    let user: String
    let device: String

    init(_ line: ParsedCommand, _ client: Client) throws {
        user = line.value("user") ?? client.variables["USER"] ?? Surroundings.userName ?? "me"
        device = line.value("device") ?? Surroundings.hostName ?? "device"
        library = line.value("name") ?? "Articles"
        for name in [user, device, library] where name.isEmpty || name.contains("\n") {
            throw line.misuse("A name must be one line with something on it.")
        }
    }
}

extension Client {
    /// The passphrase for a new key: only where a file of one is named.
    ///
    /// A key without a passphrase is what lets `sync` run unattended; whoever wants one says so.
    func newPassphrase() throws -> String? {
        passphraseFile == nil ? nil : try passphrase()
    }
}
