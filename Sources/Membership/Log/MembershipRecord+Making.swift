import ArticleModel
public import Signing

extension MembershipRecord {
    /// Begins a library.
    public static func genesis(
        _ genesis: Genesis,
        timeMilliseconds: Int64,
        signedBy key: PrivateKey
    ) throws(MembershipError) -> MembershipRecord {
        let payload = RecordPayload(
            library: nil,
            sequence: 0,
            previous: nil,
            author: try DeviceKey(key.publicKey),
            timeMilliseconds: timeMilliseconds,
            content: .genesis(genesis)
        )
        return try MembershipRecord(signing: payload, with: key)
    }

    /// Makes the record that comes next in `log`; whether it may, ``MembershipLog`` says.
    public static func next(
        in log: MembershipLog,
        _ content: RecordContent,
        timeMilliseconds: Int64,
        signedBy key: PrivateKey
    ) throws(MembershipError) -> MembershipRecord {
        let head = log.head
        let payload = RecordPayload(
            library: log.library,
            sequence: head.sequence + 1,
            previous: head.id,
            author: try DeviceKey(key.publicKey),
            timeMilliseconds: timeMilliseconds,
            content: content
        )
        return try MembershipRecord(signing: payload, with: key)
    }

    /// Makes the record by which the holder of `invitation` comes in: a new user named `userName`,
    /// or another device of the user who invited, who has a name already.
    public static func joining(
        _ invitation: Invitation,
        in log: MembershipLog,
        userName: String,
        deviceName: String,
        timeMilliseconds: Int64,
        signedBy key: PrivateKey
    ) throws(MembershipError) -> MembershipRecord {
        guard invitation.library == log.library else {
            throw MembershipError(
                .wrongLibrary,
                "The invitation is for library \(invitation.library.handle), not for"
                    + " \(log.library.handle)."
            )
        }
        let device = try DeviceKey(key.publicKey)
        let invitationKey = try invitation.privateKey()
        let statement: [UInt8]
        switch invitation.grant {
        case .user:
            statement = InnerStatement.join(
                library: log.library,
                device: device,
                userName: userName,
                deviceName: deviceName
            )
        case .device(let user, _):
            statement = InnerStatement.deviceJoin(
                library: log.library,
                user: user,
                device: device,
                deviceName: deviceName
            )
        }
        guard let signature = SignatureBytes(invitationKey.signature(for: statement)) else {
            throw MembershipError(.badSignature, "A signature has 64 bytes.")
        }
        let content: RecordContent
        switch invitation.grant {
        case .user:
            content = .join(
                Join(
                    invitation: try DeviceKey(invitationKey.publicKey),
                    userName: userName,
                    deviceName: deviceName,
                    invitationSignature: signature
                )
            )
        case .device(_, let endorsement):
            content = .deviceAdd(
                DeviceAdd(
                    invitation: try DeviceKey(invitationKey.publicKey),
                    deviceName: deviceName,
                    invitationSignature: signature,
                    endorsement: endorsement
                )
            )
        }
        return try next(in: log, content, timeMilliseconds: timeMilliseconds, signedBy: key)
    }
}

extension Receipt {
    /// The hub's receipt for the record that comes next in `log`, which is checked with
    /// ``MembershipLog/hubMayAccept(_:at:)`` first.
    public static func issue(
        for record: MembershipRecord,
        nextIn log: MembershipLog,
        at now: Int64,
        signedBy key: PrivateKey
    ) throws(MembershipError) -> Receipt {
        try log.hubMayAccept(record, at: now)
        return Receipt(
            library: log.library,
            sequence: record.sequence,
            id: record.id,
            signedBy: key
        )
    }
}
