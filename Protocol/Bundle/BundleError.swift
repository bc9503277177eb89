public import ArticleModel
public import Membership

/// Why a bundle is not taken, or cannot be made.
public struct BundleError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Hashable, Sendable {
        /// The file is something else.
        case notABundle
        /// It was made by a newer galley.
        case newerVersion
        /// It is damaged, or ends too early.
        case damaged
        /// It belongs to another library.
        case otherLibrary
        /// Whoever made it is no member of the library, or not who the bundle says.
        case notAMember
        /// It goes on from entries or records that are not here.
        case notConnected
        /// Something in it breaks a rule of the library.
        case refused
        /// It would be too large.
        case tooLarge
        /// What it is to go on from is not known here.
        case unknownMark
    }

    /// An entry or record that a bundle goes on from and that is not here.
    public enum Missing: Hashable, Sendable {
        /// An entry whose place is known.
        case entry(ChainPosition)
        /// An entry known by its id alone.
        case id(ChangeSetID)
        /// The membership record of this number.
        case record(UInt64)
    }

    /// What kind of failure it is.
    public let code: Code
    /// What, why, and what can be done.
    public let message: String
    /// What is missing, where that is the trouble; the first ones, if there are many.
    public let missing: [Missing]

    /// Describes a failure.
    public init(_ code: Code, _ message: String, missing: [Missing] = []) {
        self.code = code
        self.message = message
        self.missing = missing
    }

    /// The message.
    public var description: String { message }

    /// Says where in the file damage shows.
    static func damaged(_ offset: Int, _ what: String) -> BundleError {
        BundleError(
            .damaged,
            "The bundle is damaged at byte \(offset): \(what). Nothing of it was kept. Have it "
                + "copied or made again."
        )
    }
}

extension BundleError.Missing: CustomStringConvertible {
    /// Its name, as far as known.
    public var description: String {
        switch self {
        case .entry(let position):
            "entry \(position.sequence) of chain \(position.chain.handle.prefix(8)) "
                + "(\(position.id.handle.prefix(8)))"
        case .id(let id): "entry \(id.handle.prefix(8))"
        case .record(let sequence): "membership record \(sequence)"
        }
    }
}
