import ArticleModel
import Membership
import Signing
import Testing

@Suite struct ChainRulesTests {
    /// A library with an owner (key 1), an editor (2), an annotator (3) and a reader (4).
    private let log: MembershipLog
    /// Entries of the owner's chain, of the editor's and of the annotator's.
    private let mine: [VerifiedChangeSet]
    private let editors: VerifiedChangeSet
    private let annotators: VerifiedChangeSet

    init() throws {
        var library = try TestLibrary.with(.editor, 2)
        try library.join(3, .annotator)
        try library.join(4, .reader)
        log = library.log
        let open = try TestHeader.chainOpen(1, in: log).signed(with: TestLibrary.key(1))
        let second = try TestHeader.content(after: open, in: log).signed(with: TestLibrary.key(1))
        mine = [open, second]
        editors = try TestHeader.chainOpen(2, in: log).signed(with: TestLibrary.key(2))
        annotators = try TestHeader.chainOpen(3, in: log).signed(with: TestLibrary.key(3))
    }

    private func known(_ entries: [VerifiedChangeSet]) -> [ChangeSetID: KnownEntry] {
        Dictionary(
            uniqueKeysWithValues: entries.map { ($0.id, KnownEntry($0.header, by: $0.device)) }
        )
    }

    /// Judges `header`, signed by the key `number`.
    private func judge(
        _ header: ChangeSetHeader,
        by number: UInt8 = 1,
        knowing entries: [VerifiedChangeSet]? = nil,
        in log: MembershipLog? = nil
    ) throws -> MembershipError? {
        let entry = try header.signed(with: TestLibrary.key(number))
        let table = known(entries ?? mine + [editors, annotators])
        do {
            try ChainRules.check(entry, in: log ?? self.log) { table[$0] }
            return nil
        } catch let error as MembershipError {
            return error
        }
    }

    @Test func anEntryThatKeepsTheRulesIsTaken() throws {
        #expect(try judge(TestHeader.chainOpen(1, in: log)) == nil)
        #expect(try judge(TestHeader.content(after: mine[1], in: log)) == nil)
    }

    @Test func anotherLibrarysEntryIsRefused() throws {
        let header = try TestHeader.content(
            after: mine[1],
            in: log,
            library: TestHeader.id(77)
        )
        #expect(try judge(header)?.code == .wrongLibrary)
    }

    @Test func anEntryWaitsForTheOneBeforeIt() throws {
        let error = try judge(
            TestHeader.content(after: mine[1], in: log),
            knowing: [mine[0]]
        )
        #expect(error?.code == .missingPrevious)
        #expect(error?.missing == [mine[1].id])
        #expect(error?.isWaiting == true)
    }

    @Test func aSequenceIsDense() throws {
        let gap = try TestHeader.content(after: mine[1], in: log, sequence: 3)
        #expect(try judge(gap)?.code == .wrongPrevious)
        let again = try TestHeader.content(after: mine[1], in: log, sequence: 1)
        #expect(try judge(again)?.code == .wrongPrevious)
    }

    @Test func thePredecessorIsOfTheSameChain() throws {
        let header = try TestHeader.content(
            after: editors,
            in: log,
            chain: mine[0].header.chain
        )
        #expect(try judge(header)?.code == .wrongPrevious)
    }

    @Test func onlyTheChainsDeviceGoesOnWithIt() throws {
        let header = try TestHeader.content(after: mine[1], in: log)
        #expect(try judge(header, by: 2)?.code == .wrongDevice)
        #expect(try judge(header, by: 1) == nil)
    }

    @Test func aForkOfAChainIsJudgedLikeAnyEntry() throws {
        let fork = try TestHeader.content(
            after: mine[0],
            in: log,
            touched: [TestHeader.touched(41, .edit)]
        )
        #expect(fork.sequence == mine[1].header.sequence)
        #expect(try judge(fork) == nil)
    }

    @Test func anEntryWaitsForItsDependencies() throws {
        let dependencies = [editors.id, annotators.id].sorted()
        let header = try TestHeader.content(
            after: mine[1],
            in: log,
            dependencies: dependencies
        )
        let error = try judge(header, knowing: mine + [editors])
        #expect(error?.code == .missingDependencies)
        #expect(error?.missing == [annotators.id])
        #expect(error?.isWaiting == true)
        #expect(try judge(header) == nil)
    }

    @Test func dependenciesAreOfOtherChains() throws {
        let header = try TestHeader.content(
            after: mine[1],
            in: log,
            dependencies: [mine[0].id]
        )
        #expect(try judge(header)?.code == .dependencyOfOwnChain)
    }

    @Test(arguments: [(1, false), (2, false), (3, true), (4, false), (0, false)])
    func theClockIsOneMoreThanTheHighestBefore(lamport: UInt64, isRight: Bool) throws {
        let header = try TestHeader.content(after: mine[1], in: log, lamport: lamport)
        #expect(try judge(header)?.code == (isRight ? nil : .wrongLamport))
    }

    @Test func theClockCountsDependenciesToo() throws {
        let ahead = try TestHeader.content(after: mine[1], in: log)
            .signed(with: TestLibrary.key(1))
        #expect(ahead.header.lamport == 3)
        func judged(_ lamport: UInt64) throws -> MembershipError.Code? {
            let header = try TestHeader.content(
                after: editors,
                in: log,
                lamport: lamport,
                dependencies: [ahead.id]
            )
            return try judge(header, by: 2, knowing: mine + [editors, ahead])?.code
        }
        #expect(try judged(4) == nil)
        #expect(try judged(2) == .wrongLamport)
        #expect(try judged(5) == .wrongLamport)
        let opening = try TestHeader.chainOpen(
            2,
            in: log,
            lamport: 4,
            dependencies: [ahead.id],
            opening: TestHeader.opening(2, incarnation: 10)
        )
        #expect(try judge(opening, by: 2, knowing: [ahead]) == nil)
    }

    @Test func theMembershipReferenceNeverGoesBack() throws {
        let earlier = try #require(log.reference(at: log.head.sequence - 1))
        let back = try TestHeader.content(after: mine[1], in: log, membership: earlier)
        #expect(try judge(back)?.code == .membershipWentBack)

        let old = try TestHeader.chainOpen(
            1,
            in: MembershipLog(restoring: Array(log.entries.dropLast())),
            opening: TestHeader.opening(1, incarnation: 11)
        ).signed(with: TestLibrary.key(1))
        let same = try TestHeader.content(after: old, in: log, membership: earlier)
        #expect(try judge(same, knowing: [old]) == nil)
        let behind = try TestHeader.content(
            after: old,
            in: log,
            membership: earlier,
            dependencies: [editors.id]
        )
        #expect(try judge(behind, knowing: [old, editors])?.code == .membershipWentBack)
    }

    @Test func anEntryWaitsForItsMembershipRecord() throws {
        let short = try MembershipLog(restoring: Array(log.entries.dropLast()))
        let header = try TestHeader.content(after: mine[1], in: log)
        let error = try judge(header, in: short)
        #expect(error?.code == .missingRecord)
        #expect(error?.isWaiting == true)
    }

    @Test func theMembershipReferenceIsOfTheLogsOwnRecord() throws {
        let header = try TestHeader.content(
            after: mine[1],
            in: log,
            membership: MembershipReference(
                sequence: log.head.sequence,
                prefix: TestHeader.short(1)
            )
        )
        let error = try judge(header)
        #expect(error?.code == .wrongRecord)
        #expect(error?.isWaiting == false)
    }

    @Test(arguments: [
        (1, PermissionClass.edit, true), (1, .annotate, true), (2, .edit, true),
        (2, .annotate, true), (3, .edit, false), (3, .annotate, true), (4, .edit, false),
        (4, .annotate, false),
    ])
    func aRolePermitsWhatItDoes(number: UInt8, permission: PermissionClass, isAllowed: Bool) throws
    {
        let open = try TestHeader.chainOpen(number, in: log).signed(with: TestLibrary.key(number))
        let header = try TestHeader.content(
            after: open,
            in: log,
            touched: [TestHeader.touched(1, .annotate), TestHeader.touched(2, permission)].filter {
                $0.permission == permission
            }
        )
        let error = try judge(header, by: number, knowing: [open])
        #expect(error?.code == (isAllowed ? nil : .roleTooLow))
    }

    @Test func oneArticleAboveTheRoleRefusesTheWholeEntry() throws {
        let header = try TestHeader.content(
            after: annotators,
            in: log,
            touched: [TestHeader.touched(1, .annotate), TestHeader.touched(2, .edit)]
        )
        #expect(try judge(header, by: 3)?.code == .roleTooLow)
    }

    @Test func aReaderMaySignWhatTouchesNothing() throws {
        let open = try TestHeader.chainOpen(4, in: log).signed(with: TestLibrary.key(4))
        let header = try TestHeader.content(after: open, in: log, body: nil, touched: [])
        #expect(try judge(header, by: 4, knowing: [open]) == nil)
    }

    @Test func aStrangerIsRefused() throws {
        #expect(try judge(TestHeader.chainOpen(5, in: log), by: 5)?.code == .unknownDevice)
    }

    @Test func aRoleCountsAtTheMembershipReferenceNotNow() throws {
        // The editor (key 2) came with record 3; before that the device was nobody's.
        let before = try MembershipLog(restoring: Array(log.entries.prefix(3)))
        #expect(
            try judge(TestHeader.chainOpen(2, in: before), by: 2)?.code == .unknownDevice
        )
        // Made a reader later, the editor's entries at the earlier record still count.
        let ben = try #require(log.user(of: TestLibrary.device(2)))
        let hub = try TestLibrary.key(100)
        var later = log
        let record = try MembershipRecord.next(
            in: log,
            .role(RoleChange(user: ben, role: .reader)),
            timeMilliseconds: 0,
            signedBy: TestLibrary.key(1)
        )
        try later.append(
            record,
            receipt: Receipt.issue(for: record, nextIn: log, at: 0, signedBy: hub)
        )
        let header = try TestHeader.content(after: editors, in: log)
        #expect(try judge(header, by: 2, in: later) == nil)
        let after = try TestHeader.content(after: editors, in: later)
        #expect(try judge(after, by: 2, in: later)?.code == .roleTooLow)
    }

    @Test func whatTheLookUpThrowsIsThrownOn() throws {
        struct DiskIsFull: Error {}
        #expect(throws: DiskIsFull.self) {
            try ChainRules.check(mine[1], in: log) { _ in throw DiskIsFull() }
        }
    }

    @Test func theClockOfTheFirstEntryIsOne() {
        #expect(ChainRules.lamport(after: []) == 1)
        #expect(ChainRules.lamport(after: mine.map { KnownEntry($0.header, by: $0.device) }) == 3)
    }
}
