public import ArticleModel
public import CBOR

/// Why something signed is refused.
public struct MembershipError: Error, Sendable, CustomStringConvertible {
    /// What to decide by.
    public let code: Code
    /// What, why and what to do, for a person.
    public let message: String
    /// The entries that have to come first, where the code says that some are missing.
    public let missing: [ChangeSetID]
    /// Where in the bytes, where they are malformed.
    public let cause: CBORError?

    init(_ code: Code, _ message: String, missing: [ChangeSetID] = [], cause: CBORError? = nil) {
        self.code = code
        self.message = message
        self.missing = missing
        self.cause = cause
    }

    /// The message.
    public var description: String { message }

    /// What to decide by.
    public enum Code: Hashable, Sendable {
        // What was read.
        /// Not the one form a value is written in.
        case malformed
        /// More bytes, items or uses than the limits allow.
        case tooLarge
        /// Written by a newer galley, in a version that is not known here.
        case unknownVersion
        /// Of a kind that is not known here.
        case unknownKind
        /// A signature that does not hold.
        case badSignature
        /// A public key that is not fit to verify with.
        case badKey
        /// A name that is empty, too long or holds control characters.
        case invalidName

        // What a header says of itself.
        /// An opening where none must be, or none where one must be.
        case openingMisplaced
        /// A predecessor where none must be, or none where one must be.
        case previousMisplaced
        /// A chain's id that does not follow from its opening.
        case chainMismatch
        /// Dependencies that are not sorted and distinct.
        case dependenciesUnsorted
        /// Articles that are not sorted and distinct.
        case articlesUnsorted
        /// A body where none must be, or none where one must be.
        case bodyMisplaced

        // What a header says of others.
        /// Of another library.
        case wrongLibrary
        /// Its predecessor is not here yet.
        case missingPrevious
        /// Some of its dependencies are not here yet.
        case missingDependencies
        /// The membership record it names is not here yet.
        case missingRecord
        /// A predecessor of another chain, or not the entry right before it.
        case wrongPrevious
        /// Signed by another device than the one whose chain it is.
        case wrongDevice
        /// A dependency of its own chain.
        case dependencyOfOwnChain
        /// Not 1 more than the highest of its predecessor and dependencies.
        case wrongLamport
        /// A membership reference below one of its predecessor or dependencies.
        case membershipWentBack
        /// A membership reference to another record than the log has there.
        case wrongRecord
        /// A device that was no member's at the membership reference.
        case unknownDevice
        /// A role that does not permit what is done.
        case roleTooLow

        // What a membership record does.
        /// A genesis record in the middle, or another at the beginning.
        case genesisMisplaced
        /// Not the next of the log; another came before it, or some are missing.
        case wrongSequence
        /// Not after the log's last record.
        case wrongPreviousRecord
        /// No receipt of the hub where one must be.
        case receiptMissing
        /// A receipt before there is a hub.
        case receiptUnexpected
        /// A receipt for something else, or by no hub of the library.
        case receiptInvalid
        /// A record by another device than the first before there is a hub.
        case hubMissing
        /// A key that is in the log already.
        case keyKnown
        /// A user who is not in the log.
        case unknownUser
        /// An invitation that is not in the log.
        case unknownInvitation
        /// An invitation of the other sort: for a user, or for a device.
        case wrongInvitation
        /// An invitation past its time.
        case invitationExpired
        /// An invitation used as often as it may be.
        case invitationUsedUp
        /// An invitation by somebody who may not give that role any more.
        case inviterLostRight
        /// A change that would leave the library without an owner.
        case lastOwner
        /// A role the user has already.
        case roleUnchanged

        // What a text handed over says.
        /// No invitation at all.
        case notAnInvitation
        /// An invitation that was altered on its way.
        case invitationDamaged
    }

    /// Whether nothing is wrong but that something else has to come first.
    public var isWaiting: Bool {
        switch code {
        case .missingPrevious, .missingDependencies, .missingRecord: true
        default: false
        }
    }
}

extension MembershipError: Equatable {
    /// Equal by code.
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}

/// Runs `body`, and says of a fault in the CBOR what it was found in.
func decoding<Value>(
    _ what: String,
    _ body: () throws -> Value
) throws(MembershipError) -> Value {
    do {
        return try body()
    } catch let error as MembershipError {
        throw error
    } catch let error as CBORError {
        throw MembershipError(
            .malformed,
            "\(what) is malformed (\(error)). It was damaged or made by something else; get it"
                + " again.",
            cause: error
        )
    } catch {
        throw MembershipError(.malformed, "\(what) is malformed (\(error)).")
    }
}
