import ArticleFormats
import CommandArguments
import Files
import Membership
import Signing
import SyncEngine

/// Makes invitations: signs the record that announces one, has the hub take it, writes the text.
struct InvitationMaker {
    /// What every invitation is made of.
    struct Terms {
        let seed: [UInt8]
        let expiryMilliseconds: Int64
        let useCount: UInt64
        let name: String
        let key: PrivateKey
    }

    static let options = [
        OptionDescription(
            "output",
            short: "o",
            value: "FILE",
            "write the invitation here, for you alone to read"
        ),
        OptionDescription("days", value: "DAYS", "how long it is good for (7)"),
        OptionDescription("uses", value: "COUNT", "how many may use it (1)"),
    ]

    private let line: ParsedCommand
    private let client: Client
    private let library: OpenLibrary
    private let terms: Terms

    init(_ line: ParsedCommand, _ client: Client) throws {
        self.line = line
        self.client = client
        library = try OpenLibrary(client)
        let days = try line.integer("days", in: 1...365) ?? 7
        terms = Terms(
            seed: client.random(PrivateKey.seedByteCount),
            expiryMilliseconds: client.now() + Int64(days) * 86_400_000,
            useCount: UInt64(try line.integer("uses", in: 1...Int(MemberLimits.useCountMax)) ?? 1),
            name: try line.required("name"),
            key: try library.key()
        )
    }

    /// Makes one by `body`, which is called again where another record came first.
    func make(
        _ body:
            @escaping (MembershipLog, Terms) throws -> (
                record: MembershipRecord, invitation: Invitation
            )
    ) throws -> ExitCode {
        if let path = line.value("output"), FileSystem.exists(path) {
            throw ClientError(
                .failed,
                "file.exists",
                "There is a file \(path) already. Nothing was changed."
            )
        }
        var made: Invitation?
        _ = try library.sync(
            .append { log in
                let (record, invitation) = try body(log, terms)
                made = invitation
                return record
            }
        )
        guard let made else {
            throw ClientError(.failed, "invitation", "The hub took no invitation. Try again.")
        }
        try hand(over: made)
        return .done
    }

    private func hand(over invitation: Invitation) throws {
        let output = client.output
        if let path = line.value("output") {
            try FileSystem.create(Array((invitation.text + "\n").utf8), at: path)
        }
        guard output.isText else {
            output.json([
                "schema": "galley.invitation/1", "name": .string(terms.name),
                "file": .optional(line.value("output")),
                "invitation": line.value("output") == nil ? .string(invitation.text) : .null,
            ])
            return
        }
        if let path = line.value("output") {
            output.print("Wrote an invitation for \(terms.name) to \(path).")
        } else {
            output.print(invitation.text)
        }
        output.hint("hand it over by a way you trust; there: galley join --invite FILE")
    }
}
