/// A hub that slows a client down gives it its credit later instead of refusing it.
extension HubSession {
    /// From now on leaves it to the driver when the client gets credit, by ``releaseCredit()``; it
    /// begins with `credit`.
    ///
    /// To be called before ``opened(_:)``.
    public mutating func meterCredit(startingWith credit: UInt64) {
        guard case .opening = phase else { return }
        let credit = min(credit, ProtocolLimits.window)
        initialCredit = credit
        withheldCredit = ProtocolLimits.window - credit
        receiver?.meterCredit(startingWith: credit)
    }

    /// Gives the client the credit that was withheld.
    public mutating func releaseCredit() -> [Action] {
        guard case .active = phase, withheldCredit > 0 else { return [] }
        defer { withheldCredit = 0 }
        receiver?.granted(withheldCredit)
        return [.send(sender.immediate(.credit(withheldCredit)))]
    }

    /// Gives credit that has become due, or withholds it.
    mutating func give(_ credit: UInt64?, _ actions: inout [Action]) {
        guard let credit else { return }
        guard receiver?.isMetered == true else {
            actions.append(.send(sender.immediate(.credit(credit))))
            return
        }
        withheldCredit += credit
    }
}

/// What a session holds in memory, for those who bound it.
extension HubSession {
    /// About as many bytes as the session holds because of what the client sent.
    public var heldByteCount: Int {
        (receiver?.heldByteCount ?? 0) + pendingRecordByteCount
            + clientHolds.count * Self.heldEntryByteCount
    }

    /// An id in a set, with what the set needs besides.
    private static let heldEntryByteCount = 64
    /// Entries remembered as held by the client; it is sent the others again, which harms nothing.
    static let clientHoldsCountMax = 16_384
    /// Bytes of membership records that belong to one message.
    static let pendingRecordByteCountMax = 8 * 1024 * 1024
}
