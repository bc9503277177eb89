public import ArticleModel

/// What is known of an entry that another one names.
public struct KnownEntry: Hashable, Sendable {
    /// The device that signed it.
    public let device: DeviceKey
    /// Its chain.
    public let chain: ChainID
    /// Its place in the chain.
    public let sequence: UInt64
    /// Its clock.
    public let lamport: UInt64
    /// The place of the membership record it names.
    public let membershipSequence: UInt64

    /// Says what is known of an entry.
    public init(
        device: DeviceKey,
        chain: ChainID,
        sequence: UInt64,
        lamport: UInt64,
        membershipSequence: UInt64
    ) {
        self.device = device
        self.chain = chain
        self.sequence = sequence
        self.lamport = lamport
        self.membershipSequence = membershipSequence
    }

    /// What is known of an entry of `device` with `header`.
    public init(_ header: ChangeSetHeader, by device: DeviceKey) {
        self.init(
            device: device,
            chain: header.chain,
            sequence: header.sequence,
            lamport: header.lamport,
            membershipSequence: header.membership.sequence
        )
    }
}

/// The rules that every replica judges an entry by, whoever sent it and whenever it came.
public enum ChainRules {
    /// Checks `entry` against what is known; `known` gives what is known of an id, nil where it is
    /// not here.
    ///
    /// Throws a ``MembershipError``, or what `known` throws.
    public static func check(
        _ entry: VerifiedChangeSet,
        in log: MembershipLog,
        known: (ChangeSetID) throws -> KnownEntry?
    ) throws {
        let header = entry.header
        let previous = try header.previous.flatMap { try known($0) }
        let dependencies = try header.dependencies.map { try known($0) }
        try check(
            header,
            by: entry.device,
            previous: previous,
            dependencies: dependencies,
            in: log
        )
    }

    /// Checks `header`, signed by `device`, against what is known of the entries it names;
    /// `dependencies` are in the header's order.
    public static func check(
        _ header: ChangeSetHeader,
        by device: DeviceKey,
        previous: KnownEntry?,
        dependencies: [KnownEntry?],
        in log: MembershipLog
    ) throws(MembershipError) {
        guard header.library == log.library else {
            throw MembershipError(
                .wrongLibrary,
                "The change set is of library \(header.library.handle), not of"
                    + " \(log.library.handle)."
            )
        }
        try checkPrevious(header, by: device, previous)
        let dependencies = try present(header, dependencies)
        guard dependencies.allSatisfy({ $0.chain != header.chain }) else {
            throw MembershipError(
                .dependencyOfOwnChain,
                "Entry \(header.sequence) of chain \(header.chain) names an entry of its own chain"
                    + " as a dependency."
            )
        }
        let before = dependencies + (previous.map { [$0] } ?? [])
        try checkLamport(header, before)
        try checkMembership(header, before, in: log)
        try checkRole(header, of: device, in: log)
    }

    /// The clock of an entry after `entries`: 1 more than their highest.
    public static func lamport(after entries: [KnownEntry]) -> UInt64 {
        (entries.map(\.lamport).max() ?? 0) + 1
    }

    private static func checkPrevious(
        _ header: ChangeSetHeader,
        by device: DeviceKey,
        _ previous: KnownEntry?
    ) throws(MembershipError) {
        guard let id = header.previous else { return try checkOpening(header, by: device) }
        guard let previous else {
            throw MembershipError(
                .missingPrevious,
                "Entry \(header.sequence) of chain \(header.chain) waits for the one before it,"
                    + " \(id); get that first.",
                missing: [id]
            )
        }
        guard previous.chain == header.chain, header.sequence > 0,
            previous.sequence == header.sequence - 1
        else {
            throw MembershipError(
                .wrongPrevious,
                "Entry \(header.sequence) of chain \(header.chain) names entry"
                    + " \(previous.sequence) of chain \(previous.chain) as the one before it."
            )
        }
        guard previous.device == device else { throw wrongDevice(header, device) }
    }

    private static func checkOpening(
        _ header: ChangeSetHeader,
        by device: DeviceKey
    ) throws(MembershipError) {
        guard header.opening?.device == device else { throw wrongDevice(header, device) }
    }

    private static func wrongDevice(
        _ header: ChangeSetHeader,
        _ device: DeviceKey
    ) -> MembershipError {
        MembershipError(
            .wrongDevice,
            "Device \(device.handle) signed entry \(header.sequence) of chain \(header.chain), which"
                + " is another's."
        )
    }

    private static func present(
        _ header: ChangeSetHeader,
        _ dependencies: [KnownEntry?]
    ) throws(MembershipError) -> [KnownEntry] {
        var missing: [ChangeSetID] = []
        var present: [KnownEntry] = []
        present.reserveCapacity(dependencies.count)
        for (index, id) in header.dependencies.enumerated() {
            if index < dependencies.count, let entry = dependencies[index] {
                present.append(entry)
            } else {
                missing.append(id)
            }
        }
        guard missing.isEmpty else {
            throw MembershipError(
                .missingDependencies,
                "Entry \(header.sequence) of chain \(header.chain) waits for \(missing.count) other"
                    + " entries; get them first.",
                missing: missing
            )
        }
        return present
    }

    private static func checkLamport(
        _ header: ChangeSetHeader,
        _ before: [KnownEntry]
    ) throws(MembershipError) {
        let expected = lamport(after: before)
        guard header.lamport == expected else {
            throw MembershipError(
                .wrongLamport,
                "Entry \(header.sequence) of chain \(header.chain) has clock \(header.lamport)"
                    + " where \(expected) follows from the entries before it."
            )
        }
    }

    private static func checkMembership(
        _ header: ChangeSetHeader,
        _ before: [KnownEntry],
        in log: MembershipLog
    ) throws(MembershipError) {
        let sequence = header.membership.sequence
        guard before.allSatisfy({ $0.membershipSequence <= sequence }) else {
            throw MembershipError(
                .membershipWentBack,
                "Entry \(header.sequence) of chain \(header.chain) names membership record"
                    + " \(sequence), but an entry before it names a later one."
            )
        }
        guard let reference = log.reference(at: sequence) else {
            throw MembershipError(
                .missingRecord,
                "Entry \(header.sequence) of chain \(header.chain) waits for membership record"
                    + " \(sequence); the log here ends at \(log.head.sequence). Sync first."
            )
        }
        guard reference == header.membership else {
            throw MembershipError(
                .wrongRecord,
                "Entry \(header.sequence) of chain \(header.chain) names another membership record"
                    + " \(sequence) than the log has."
            )
        }
    }

    private static func checkRole(
        _ header: ChangeSetHeader,
        of device: DeviceKey,
        in log: MembershipLog
    ) throws(MembershipError) {
        guard let role = log.role(of: device, at: header.membership.sequence) else {
            throw MembershipError(
                .unknownDevice,
                "Device \(device.handle) was no member's at membership record"
                    + " \(header.membership.sequence)."
            )
        }
        guard header.touched.allSatisfy({ role.permits($0.permission) }) else {
            throw MembershipError(
                .roleTooLow,
                "The role \(role) does not permit what entry \(header.sequence) of chain"
                    + " \(header.chain) does; ask an admin for another."
            )
        }
    }
}
