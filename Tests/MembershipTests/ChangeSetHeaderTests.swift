import ArticleModel
import Membership
import Signing
import TestSupport
import Testing

@Suite struct ChangeSetHeaderTests {
    private let library: TestLibrary
    private let first: VerifiedChangeSet

    init() throws {
        library = try TestLibrary()
        first = try TestHeader.chainOpen(in: library.log).signed(with: library.owner)
    }

    private func check(_ header: ChangeSetHeader) -> MembershipError.Code? {
        let signing = code { _ = try header.signed(with: library.owner) }
        // A reader refuses what a signer refuses, for the same reason.
        let reading = code { _ = try ChangeSetHeader(decoding: header.encoded()) }
        #expect(signing == reading)
        return signing
    }

    @Test func aHeaderIsReadAsItWasWritten() throws {
        let dependencies: [ChangeSetID] = try [TestHeader.id(3), TestHeader.id(4)]
        let previous = try ChainPosition(
            chain: TestHeader.short(5),
            sequence: 300,
            id: TestHeader.id(6)
        )
        let headers = try [
            TestHeader.chainOpen(in: library.log),
            TestHeader.chainOpen(
                in: library.log,
                dependencies: dependencies,
                opening: TestHeader.opening(previous: previous)
            ),
            TestHeader.content(after: first, in: library.log),
            TestHeader.content(
                after: first,
                in: library.log,
                dependencies: dependencies,
                touched: [TestHeader.touched(1, .annotate), TestHeader.touched(2, .edit)]
            ),
            TestHeader.content(after: first, in: library.log, body: nil, touched: []),
            TestHeader.content(after: first, in: library.log, kind: .adopt),
            TestHeader.content(after: first, in: library.log, kind: .checkpoint, touched: []),
        ]
        for header in headers {
            #expect(check(header) == nil)
            #expect(try ChangeSetHeader(decoding: header.encoded()) == header)
        }
    }

    @Test func onlyTheFirstEntryOpensAChain() throws {
        let open = try TestHeader.chainOpen(in: library.log)
        #expect(check(open) == nil)
        #expect(
            check(altered(open, opening: .some(nil))) == .openingMisplaced,
            "the first entry has no opening"
        )
        #expect(check(altered(open, kind: .content)) == .openingMisplaced)
        let second = try TestHeader.content(after: first, in: library.log)
        #expect(check(altered(second, kind: .chainOpen)) == .openingMisplaced)
        #expect(check(altered(second, opening: open.opening)) == .openingMisplaced)
        #expect(check(altered(second, sequence: 0)) == .openingMisplaced)
    }

    @Test func everyEntryButTheFirstNamesTheOneBeforeIt() throws {
        let second = try TestHeader.content(after: first, in: library.log)
        #expect(check(second) == nil)
        #expect(check(altered(second, previous: .some(nil))) == .previousMisplaced)
        let open = try TestHeader.chainOpen(in: library.log)
        #expect(check(altered(open, previous: first.id)) == .previousMisplaced)
    }

    @Test func aChainsIdFollowsFromItsOpening() throws {
        let open = try TestHeader.chainOpen(in: library.log)
        #expect(try check(altered(open, chain: TestHeader.short(1))) == .chainMismatch)
        let itself = try ChainPosition(chain: open.chain, sequence: 0, id: TestHeader.id(1))
        let circular = try TestHeader.chainOpen(
            in: library.log,
            opening: TestHeader.opening(previous: itself)
        )
        #expect(check(circular) == .chainMismatch)
    }

    @Test func onlyTheDeviceItselfOpensItsChain() throws {
        let open = try TestHeader.chainOpen(2, in: library.log)
        #expect(code { _ = try open.signed(with: library.owner) } == .badKey)
        #expect(code { _ = try open.signed(with: TestLibrary.key(2)) } == nil)
    }

    @Test func dependenciesAreSortedDistinctAndAtMost64() throws {
        func dependencies(_ numbers: [Int]) throws -> MembershipError.Code? {
            try check(
                TestHeader.content(
                    after: first,
                    in: library.log,
                    dependencies: numbers.map { try TestHeader.id(UInt8($0)) }
                )
            )
        }
        #expect(try dependencies([1, 2, 3]) == nil)
        #expect(try dependencies([2, 1]) == .dependenciesUnsorted)
        #expect(try dependencies([1, 1]) == .dependenciesUnsorted)
        #expect(try dependencies(Array(1...64)) == nil)
        #expect(try dependencies(Array(1...65)) == .tooLarge)
    }

    @Test func articlesAreSortedDistinctAndAtMost256() throws {
        func articles(_ numbers: [Int]) throws -> MembershipError.Code? {
            let touched = try numbers.map { number in
                let bytes = [UInt8(number >> 8), UInt8(number & 255)]
                return TouchedArticle(
                    article: try #require(
                        ArticleID(bytes + [UInt8](repeating: 0, count: 14))
                    ),
                    permission: .edit
                )
            }
            return try check(
                TestHeader.content(after: first, in: library.log, touched: touched)
            )
        }
        #expect(try articles([1, 2]) == nil)
        #expect(try articles([2, 1]) == .articlesUnsorted)
        #expect(try articles([1, 1]) == .articlesUnsorted)
        #expect(try articles(Array(1...256)) == nil)
        #expect(try articles(Array(1...257)) == .tooLarge)
    }

    @Test func aBodyIsThereExactlyWhereArticlesAreTouched() throws {
        let log = library.log
        #expect(
            try check(TestHeader.content(after: first, in: log, body: nil)) == .bodyMisplaced
        )
        #expect(
            try check(TestHeader.content(after: first, in: log, touched: [])) == .bodyMisplaced
        )
        #expect(
            try check(TestHeader.content(after: first, in: log, body: nil, touched: [])) == nil
        )
        #expect(
            try check(TestHeader.content(after: first, in: log, kind: .checkpoint))
                == .bodyMisplaced
        )
        let open = try TestHeader.chainOpen(in: log)
        #expect(check(altered(open, body: TestHeader.body)) == .bodyMisplaced)
    }

    @Test func sizesAndNumbersHaveLimits() throws {
        let log = library.log
        func body(_ size: Int) throws -> MembershipError.Code? {
            let body = BodyReference(codecVersion: 0, size: size, hash: TestHeader.body.hash)
            return try check(TestHeader.content(after: first, in: log, body: body))
        }
        #expect(try body(Limits.bodySizeMax) == nil)
        #expect(try body(Limits.bodySizeMax + 1) == .tooLarge)
        let highest = UInt64(Int64.max)
        #expect(
            try check(TestHeader.content(after: first, in: log, lamport: highest)) == nil
        )
        let over = try TestHeader.content(after: first, in: log, lamport: highest + 1)
        #expect(code { _ = try over.signed(with: library.owner) } == .tooLarge)
        #expect(code { _ = try ChangeSetHeader(decoding: over.encoded()) } == .malformed)
        let long = [UInt8](repeating: 0, count: Limits.headerSizeMax + 1)
        #expect(code { _ = try ChangeSetHeader(decoding: long) } == .tooLarge)
    }

    @Test func anotherVersionIsRefusedAsSuch() throws {
        var payload = try TestHeader.content(after: first, in: library.log).encoded()
        #expect(payload[..<3] == [0xab, 0x00, 0x00])
        payload[2] = 1
        #expect(code { _ = try ChangeSetHeader(decoding: payload) } == .unknownVersion)
        // Whatever a newer version may have after it.
        #expect(
            code { _ = try ChangeSetHeader(decoding: [0xa2, 0, 1, 1, 0xf5]) } == .unknownVersion
        )
    }

    @Test func unknownKindsAndClassesAreRefusedAsSuch() throws {
        var payload = try TestHeader.content(after: first, in: library.log).encoded()
        #expect(payload[4] == 0)
        payload[4] = 4
        #expect(code { _ = try ChangeSetHeader(decoding: payload) } == .unknownKind)
        payload = try TestHeader.content(after: first, in: library.log).encoded()
        #expect(payload.last == 2)
        payload[payload.count - 1] = 3
        #expect(code { _ = try ChangeSetHeader(decoding: payload) } == .unknownKind)
    }

    @Test func aListThatIsEmptyIsLeftOut() throws {
        let header = try TestHeader.content(after: first, in: library.log, body: nil, touched: [])
        let payload = header.encoded()
        let empty: [UInt8] = [payload[0] + 1] + payload[1...] + [9, 0x80]
        #expect(code { _ = try ChangeSetHeader(decoding: empty) } == .malformed)
        #expect(code { _ = try ChangeSetHeader(decoding: payload) } == nil)
    }

    private func altered(
        _ header: ChangeSetHeader,
        kind: ChangeSetHeader.Kind? = nil,
        chain: ChainID? = nil,
        sequence: UInt64? = nil,
        previous: ChangeSetID?? = nil,
        body: BodyReference? = nil,
        opening: ChainOpening?? = nil
    ) -> ChangeSetHeader {
        ChangeSetHeader(
            kind: kind ?? header.kind,
            library: header.library,
            chain: chain ?? header.chain,
            sequence: sequence ?? header.sequence,
            previous: previous ?? header.previous,
            lamport: header.lamport,
            timeMilliseconds: header.timeMilliseconds,
            membership: header.membership,
            dependencies: header.dependencies,
            body: body ?? header.body,
            touched: header.touched,
            opening: opening ?? header.opening
        )
    }
}
