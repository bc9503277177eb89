/// The part of a session in which two sides find out what each of them lacks: turns of RANGES, then
/// a WANT of each.
struct Comparison: Sendable {
    private var rounds: RangeRounds
    private var reply: [RangePart] = []
    private var turnIsOver = false
    /// What the other side has and this one has not, as far as the turns have shown it.
    private(set) var lacking: [RangeItem] = []
    /// Whether this side knows all it can.
    private(set) var isOver = false
    /// What the other side wants.
    private(set) var wanted = Wants(turn: 0, chains: [], isContinued: true)

    init(level: ComparisonLevel) { rounds = RangeRounds(level: level) }

    var level: ComparisonLevel { rounds.level }

    var salt: [UInt8] { rounds.salt }

    /// The last turn that was sent or came.
    var turn: UInt64 { rounds.round }

    /// Begins with what this side has.
    mutating func begin(_ answer: RangeAnswer, salt: [UInt8]) -> [Message] {
        rounds.send(answer.parts, salt: salt).map(Message.ranges)
    }

    /// Takes what the other side says of ranges; gives what is to be answered by
    /// ``answered(_:)``.
    mutating func receive(_ ranges: Ranges) throws(ProtocolError) -> [RangePart] {
        guard !isOver else {
            throw ProtocolError(.badFrame, "The peer goes on comparing when all is compared.")
        }
        let parts = try rounds.receive(ranges)
        turnIsOver = !ranges.isContinued
        return parts
    }

    /// Takes the answer to what came; gives the messages of this side's turn, when it is that.
    mutating func answered(_ answer: RangeAnswer) -> [Message] {
        let room = ProtocolLimits.comparedItemCountMax - lacking.count
        lacking.append(contentsOf: answer.lacking.prefix(max(0, room)))
        reply.append(contentsOf: answer.parts)
        guard turnIsOver else { return [] }
        turnIsOver = false
        let messages = rounds.send(reply)
        reply = []
        if !rounds.isOpen { isOver = true }
        return messages.map(Message.ranges)
    }

    /// Takes what the other side wants: what it did not answer is equal.
    mutating func receive(_ wants: Wants) throws(ProtocolError) {
        guard wanted.isContinued, rounds.round > 0, wants.turn == rounds.round else {
            throw ProtocolError(.badFrame, "The peer wants entries before or after its time.")
        }
        isOver = true
        wanted.chains.append(contentsOf: wants.chains)
        wanted.ids.append(contentsOf: wants.ids)
        wanted.isContinued = wants.isContinued
        guard
            wanted.chains.count + wanted.ids.count <= 2 * ProtocolLimits.comparedItemCountMax
        else { throw ProtocolError(.tooLarge, "The peer wants too much at once.") }
    }

    /// Whether the other side has said all that it wants.
    var isWantedKnown: Bool { !wanted.isContinued }
}
