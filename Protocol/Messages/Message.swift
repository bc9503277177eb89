import CBOR

/// What two sides say to each other.
public enum Message: Sendable {
    /// The client opens a stream.
    case hello(Hello)
    /// The hub's answer.
    case welcome(Welcome)
    /// Membership records.
    case members(Members)
    /// Consecutive entries.
    case run(Run)
    /// What was taken and is durable.
    case acknowledgement(Acknowledgement)
    /// So many bytes more may be sent.
    case credit(UInt64)
    /// Places in the hub's log, to find where two logs part.
    case probe(Probe)
    /// What one side has, in ranges.
    case ranges(Ranges)
    /// What one side lacks.
    case want(Wants)
    /// A piece of a large body.
    case blob(BlobPiece)
    /// Is the peer there? The number comes back.
    case ping(UInt64)
    /// It is.
    case pong(UInt64)
    /// The end, with nothing left to say.
    case bye
    /// Something is wrong.
    case error(Fault)

    /// The number it goes by.
    public var type: MessageType {
        switch self {
        case .hello: .hello
        case .welcome: .welcome
        case .members: .members
        case .run: .run
        case .acknowledgement: .acknowledgement
        case .credit: .credit
        case .probe: .probe
        case .ranges: .ranges
        case .want: .want
        case .blob: .blob
        case .ping: .ping
        case .pong: .pong
        case .bye: .bye
        case .error: .error
        }
    }

    /// The message as the payload of a frame: deterministic CBOR, in one form.
    public func encoded() -> [UInt8] {
        var writer = CBORWriter()
        switch self {
        case .hello(let hello): hello.encode(to: &writer)
        case .welcome(let welcome): welcome.encode(to: &writer)
        case .members(let members): members.encode(to: &writer)
        case .run(let run): return run.encoded()
        case .acknowledgement(let acknowledgement): acknowledgement.encode(to: &writer)
        case .credit(let count): writer.unsigned(count)
        case .probe(let probe): probe.encode(to: &writer)
        case .ranges(let ranges): ranges.encode(to: &writer)
        case .want(let wants): wants.encode(to: &writer)
        case .blob(let piece): piece.encode(to: &writer)
        case .ping(let number), .pong(let number): writer.unsigned(number)
        case .bye: break
        case .error(let fault): fault.encode(to: &writer)
        }
        return writer.bytes
    }

    /// Reads what a frame of `type` holds.
    ///
    /// Runs are read by ``RunDecoder``, as they leave out what both sides know.
    public init(type: MessageType, payload: [UInt8]) throws(ProtocolError) {
        let versions: ClosedRange<UInt64>?
        do throws(CBORError) {
            versions = try Self.versions(type, payload)
        } catch {
            throw Self.damaged(type, error)
        }
        if let versions, !versions.overlaps(ProtocolLimits.versions) {
            throw ProtocolError(
                .version,
                "One side speaks versions \(versions.lowerBound) to \(versions.upperBound) of the"
                    + " protocol, this one \(ProtocolLimits.versions.lowerBound) to"
                    + " \(ProtocolLimits.versions.upperBound); update the older of the two."
            )
        }
        do throws(CBORError) {
            var reader = CBORReader(payload)
            switch type {
            case .hello: self = .hello(try Hello(from: &reader))
            case .welcome: self = .welcome(try Welcome(from: &reader))
            case .members: self = .members(try Members(from: &reader))
            case .acknowledgement: self = .acknowledgement(try Acknowledgement(from: &reader))
            case .credit:
                self = .credit(try reader.unsigned(atMost: ProtocolLimits.creditMax))
            case .probe: self = .probe(try Probe(from: &reader))
            case .ranges: self = .ranges(try Ranges(from: &reader))
            case .want: self = .want(try Wants(from: &reader))
            case .blob: self = .blob(try BlobPiece(from: &reader))
            case .ping: self = .ping(try reader.unsigned())
            case .pong: self = .pong(try reader.unsigned())
            case .bye: self = .bye
            case .error: self = .error(try Fault(from: &reader))
            case .run:
                throw CBORError(code: .unsupported, offset: 0, message: "it is not read here")
            }
            try reader.finish()
        } catch {
            throw Self.damaged(type, error)
        }
    }

    /// The versions of the protocol a greeting names; nil for other messages.
    private static func versions(
        _ type: MessageType,
        _ payload: [UInt8]
    ) throws(CBORError) -> ClosedRange<UInt64>? {
        switch type {
        case .hello:
            return try Hello.versions(in: payload)
        case .welcome:
            let version = try Welcome.version(in: payload)
            return version...version
        case .members, .run, .acknowledgement, .credit, .probe, .ranges, .want, .blob, .ping,
            .pong, .bye, .error:
            return nil
        }
    }

    private static func damaged(_ type: MessageType, _ error: CBORError) -> ProtocolError {
        ProtocolError(.badFrame, "The peer sent a damaged message of type \(type): \(error).")
    }
}
