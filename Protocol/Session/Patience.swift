/// Bounds how much a peer may say that leads nowhere: questions, credit for nothing, pieces of bodies
/// that never become whole.
///
/// Every message costs one; what brings a session on gives all back, and so does time that passes,
/// where a driver tells of it. So a session with a peer that never comes to an end, ends.
struct Patience {
    private var left = ProtocolLimits.fruitlessMessageCountMax

    /// Notes a message, of which it is not known yet what it brings.
    mutating func spend() throws(ProtocolError) {
        guard left > 0 else {
            throw ProtocolError(
                .badFrame,
                "The peer goes on sending, and nothing comes of it. Try again; if it happens again,"
                    + " tell whoever runs it."
            )
        }
        left -= 1
    }

    /// Notes that something came of it.
    mutating func renew() { left = ProtocolLimits.fruitlessMessageCountMax }
}
