extension MembershipRecord {
    /// The message written anew from what was read of it; tests hold it to ``bytes``.
    package var encodedAnew: [UInt8] {
        let payload = RecordPayload(
            library: library,
            sequence: sequence,
            previous: previous,
            author: author,
            timeMilliseconds: timeMilliseconds,
            content: content
        )
        return SignedMessage(.member, payload: payload.encoded(), signature: signature).bytes
    }
}
