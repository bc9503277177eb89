import ArticleFormats
import ArticleModel
import CommandArguments
import Files
import Membership
import Signing
import SyncEngine

/// `galley invite`.
enum InviteCommand: Command {
    static let description = CommandDescription(
        "invite",
        "invite somebody into the library",
        discussion: """
            Makes a text to hand over by a way you trust: it holds a secret, and whoever has it \
            can come in, as often as --uses says, until it expires. It names the hub and its key, \
            so the other side need not trust anything on first use.
            """,
        arguments: [ArgumentDescription("name", "the name suggested to them")],
        options: [
            OptionDescription(
                "role",
                value: "ROLE",
                "reader, annotator, editor (default), admin or owner"
            ),
            OptionDescription("days", value: "COUNT", "days until it expires (7)"),
            OptionDescription("uses", value: "COUNT", "how many may come in by it (1)"),
            OptionDescription("output", short: "o", value: "FILE", "write it into a new file"),
        ],
        examples: [
            CommandExample("galley invite ben", "an editor, within a week"),
            CommandExample("galley invite ben --role annotator -o ben.invite", "into a file"),
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let roles = Role.allCases.map(\.description)
        let word = try line.choice("role", among: roles) ?? Role.editor.description
        let role = Role.allCases.first { $0.description == word } ?? .editor
        return try InvitationMaking(line, client).run("\(role) \(try line.required("name"))") {
            making,
            log in
            try log.invitation(
                for: role,
                seed: making.seed,
                expiryMilliseconds: making.expiry,
                useCount: making.uses,
                suggestedName: making.name,
                timeMilliseconds: client.now(),
                signedBy: making.key
            )
        }
    }
}

/// `galley device add`.
enum DeviceAddCommand: Command {
    static let path = ["device", "add"]
    static let description = CommandDescription(
        "add",
        "invite your own next machine",
        discussion: """
            Makes a text to carry to the other machine, where galley join takes it. It holds a \
            secret and works once; this machine vouches in it for the new one.
            """,
        arguments: [ArgumentDescription("name", "what the machine is to be called")],
        options: [
            OptionDescription("days", value: "COUNT", "days until it expires (7)"),
            OptionDescription("output", short: "o", value: "FILE", "write it into a new file"),
        ],
        examples: [CommandExample("galley device add pad -o pad.invite", "into a file")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        try InvitationMaking(line, client).run("device \(try line.required("name"))") {
            making,
            log in
            try log.deviceInvitation(
                seed: making.seed,
                expiryMilliseconds: making.expiry,
                useCount: 1,
                suggestedName: making.name,
                timeMilliseconds: client.now(),
                signedBy: making.key
            )
        }
    }
}

/// What all invitations have in common, from the command line to the text handed over.
private struct InvitationMaking {
    let client: Client
    let library: OpenLibrary
    let key: PrivateKey
    let seed: [UInt8]
    let name: String
    let expiry: Int64
    let uses: UInt64
    private let output: String?

    init(_ line: ParsedCommand, _ client: Client) throws {
        self.client = client
        name = try line.required("name")
        output = line.value("output")
        let days = try line.integer("days", in: 1...3650) ?? 7
        uses = UInt64(try line.integer("uses", in: 1...10_000) ?? 1)
        expiry = client.now() + Int64(days) * 86_400_000
        if let output, FileSystem.exists(output) {
            throw ClientError(
                .failed,
                "file.exists",
                "There is a file \(output) already. Nothing was changed; choose another name."
            )
        }
        library = try OpenLibrary(client)
        key = try library.key()
        seed = client.random(32)
    }

    func run(
        _ what: String,
        make:
            @escaping (Self, MembershipLog) throws -> (
                record: MembershipRecord, invitation: Invitation
            )
    ) throws -> ExitCode {
        let remote = try library.remote()
        var made: Invitation?
        _ = try client.sync(
            library.replica,
            with: remote,
            key: key,
            .append { log in
                let (record, invitation) = try make(self, log)
                made = invitation
                return record
            }
        )
        guard let made else {
            throw ClientError(.failed, "invite", "The hub did not ask for the invitation.")
        }
        if let output { try FileSystem.create(Array((made.text + "\n").utf8), at: output) }
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.invitation/1", "invitation": .string(made.text),
                "expires": .string(ArticleDate.utcText(milliseconds: made.expiryMilliseconds)),
            ])
            return .done
        }
        let until = ArticleDate.utcText(milliseconds: made.expiryMilliseconds).prefix(10)
        if let output {
            client.output.print("Invitation for \(what) is in \(output), good until \(until).")
            client.output.hint("hand it over by a way you trust; there: galley join --invite FILE")
        } else {
            client.output.message("Invitation for \(what), good until \(until):")
            client.output.print(made.text)
            client.output.hint("hand it over by a way you trust; there: galley join TEXT")
        }
        return .done
    }
}
