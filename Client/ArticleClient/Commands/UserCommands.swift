import ArticleFormats
import ArticleModel
import CommandArguments
import Membership
import SyncEngine

/// `galley user list`.
enum UserListCommand: Command {
    static let path = ["user", "list"]
    static let description = CommandDescription(
        "list",
        "show who is in the library, with their devices",
        examples: [CommandExample("galley user list", "users, roles and devices")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let members = library.members
        guard client.output.isText else {
            client.output.json([
                "schema": "galley.users/1",
                "users": .array(members.users.map { json($0, members) }),
            ])
            return .done
        }
        var table = Table()
        for user in members.users {
            let devices = members.devices.filter { $0.user == user.id }
            table.add([
                user.name, members.role(of: user.id)?.description ?? "",
                devices.map(\.name).joined(separator: ", "),
                user.id == library.user ? "you" : "",
            ])
        }
        for row in table.lines(width: client.output.columns, flexible: 2) {
            client.output.print(row)
        }
        return .done
    }

    private static func json(_ user: Member, _ members: MembershipLog) -> JSONValue {
        let devices = members.devices.filter { $0.user == user.id }
        return [
            "id": .string(user.id.handle), "name": .string(user.name),
            "role": .string(members.role(of: user.id)?.description ?? ""),
            "devices": .array(
                devices.map { ["name": .string($0.name), "key": .string($0.key.description)] }
            ),
        ]
    }
}

/// `galley user role`.
enum UserRoleCommand: Command {
    static let path = ["user", "role"]
    static let description = CommandDescription(
        "role",
        "give a user another role",
        discussion: """
            Roles, each of which may do what those before it may: reader, annotator, editor, \
            admin, owner. What somebody did under an earlier role stays.
            """,
        arguments: [
            ArgumentDescription("user", "the user's name, or the beginning of their id"),
            ArgumentDescription("role", "reader, annotator, editor, admin or owner"),
        ],
        examples: [CommandExample("galley user role ben admin", "let ben invite others")]
    )

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let word = try line.required("role")
        guard let role = Role.allCases.first(where: { $0.description == word }) else {
            throw line.misuse("There is no role “\(word)”.")
        }
        let library = try OpenLibrary(client)
        let name = try line.required("user")
        let user = try find(name, in: library.members)
        let key = try library.key()
        _ = try client.sync(
            library.replica,
            with: library.remote(),
            key: key,
            .append { log in
                try MembershipRecord.next(
                    in: log,
                    .role(RoleChange(user: user.id, role: role)),
                    timeMilliseconds: client.now(),
                    signedBy: key
                )
            }
        )
        if client.output.isText { client.output.print("\(user.name) is \(role) now.") }
        return .done
    }

    private static func find(_ text: String, in members: MembershipLog) throws -> Member {
        let found = members.users.filter { user in
            user.name.utf8.elementsEqual(text.utf8)
                || text.utf8.count >= 4 && user.id.handle.hasPrefix(text)
        }
        guard let first = found.first else {
            throw ClientError(
                .notFound,
                "user.unknown",
                "There is no user “\(text)” in the library.",
                hint: "galley user list shows them"
            )
        }
        guard found.count == 1 else {
            let candidates = found.map { "  \($0.id.handle.prefix(8))  \($0.name)" }
            throw ClientError(
                .usage,
                "user.ambiguous",
                "“\(text)” may be any of these; give letters of the id:\n"
                    + candidates.joined(separator: "\n")
            )
        }
        return first
    }
}
