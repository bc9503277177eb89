import ArticleFormats
import ArticleModel
import CommandArguments
import Files
import Membership
import Signing

/// `galley invite`.
enum InviteCommand: Command {
    static let description = CommandDescription(
        "invite",
        "let somebody into the library",
        discussion: """
            Writes an invitation to hand over by a way you trust: whoever has it can use it, once \
            unless --uses says otherwise. It names the hub, so nothing has to be trusted on first \
            use.
            """,
        arguments: [ArgumentDescription("name", "who is invited; they may take another name")],
        options: [
            OptionDescription(
                "role",
                value: "ROLE",
                isRequired: true,
                "reader, annotator, editor, admin or owner"
            )
        ] + InvitationMaker.options,
        examples: [
            CommandExample("galley invite ben --role editor --output ben.invite", "into a file")
        ]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let roles = Role.allCases.map { "\($0)" }
        guard let name = try line.choice("role", among: roles), let role = Role(name) else {
            throw line.misuse("“--role” is missing.")
        }
        return try InvitationMaker(line, client).make { log, terms in
            try log.invitation(
                for: role,
                seed: terms.seed,
                expiryMilliseconds: terms.expiryMilliseconds,
                useCount: terms.useCount,
                suggestedName: terms.name,
                timeMilliseconds: client.now(),
                signedBy: terms.key
            )
        }
    }
}

/// `galley device add`.
enum DeviceAddCommand: Command {
    static let path = ["device", "add"]

    static let description = CommandDescription(
        "add",
        "let another machine of yours into the library",
        discussion: "Writes an invitation for the other machine, which uses it with 'galley join'.",
        arguments: [ArgumentDescription("name", "the machine's name")],
        options: InvitationMaker.options,
        examples: [CommandExample("galley device add pad --output pad.invite", "into a file")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        try InvitationMaker(line, client).make { log, terms in
            try log.deviceInvitation(
                seed: terms.seed,
                expiryMilliseconds: terms.expiryMilliseconds,
                useCount: terms.useCount,
                suggestedName: terms.name,
                timeMilliseconds: client.now(),
                signedBy: terms.key
            )
        }
    }
}

/// `galley device list`.
enum DeviceListCommand: Command {
    static let path = ["device", "list"]

    static let description = CommandDescription(
        "list",
        "show the members and their machines",
        examples: [CommandExample("galley device list", "who is in, with which role")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let devices = library.members.devices
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.devices/1",
                "devices": .array(
                    devices.map { device in
                        [
                            "user": .string(library.name(of: device.user)),
                            "device": .string(device.name),
                            "role": .optional(
                                library.members.role(of: device.user).map { "\($0)" }
                            ),
                            "key": .string(device.key.description),
                            "here": .bool(device.key == library.device),
                        ]
                    }
                ),
            ])
            return .done
        }
        var table = Table()
        for device in devices {
            table.add([
                library.name(of: device.key),
                library.members.role(of: device.user).map { "\($0)" } ?? "",
                device.key == library.device ? "this machine" : "",
            ])
        }
        for line in table.lines(width: client.output.columns, flexible: 0) {
            client.output.print(line)
        }
        return .done
    }
}
