import ArticleFormats
import Backup
import CommandArguments
import Files
import Membership
import ReplicaStore
import Signing
import Sockets
import SyncEngine
import SyncProtocol

/// Why a command could not do what it was asked to.
public struct ClientError: Error, Sendable {
    /// What the program ends with.
    public let exit: ExitCode
    /// The kind of failure in a word or two, for scripts.
    public let kind: String
    /// What failed, why, and what can be done.
    public let message: String
    /// The next step, if one stands out.
    public let hint: String?

    /// Describes a failure.
    public init(_ exit: ExitCode, _ kind: String, _ message: String, hint: String? = nil) {
        self.exit = exit
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    /// The failure of a lower module as one of a command.
    init(_ error: any Error) {
        switch error {
        case let error as ClientError: self = error
        case let error as UsageError: self.init(.usage, "usage", error.description)
        case let error as ReplicaError: self.init(error)
        case let error as MembershipError: self.init(error)
        case let error as FormatError: self.init(.failed, "format.\(error.code)", error.message)
        case let error as FileError: self.init(error)
        case let error as BackupError: self.init(error)
        case let error as BundleError: self.init(error)
        case let error as SocketError: self.init(error)
        case let error as SyncError: self.init(error)
        case let error as SigningError: self.init(.notAllowed, "key.\(error.code)", error.message)
        default: self.init(.failed, "failed", "\(error)")
        }
    }

    private init(_ error: FileError) {
        let exit: ExitCode =
            switch error.code {
            case .notFound: .notFound
            case .noPermission: .notAllowed
            case .exists, .full, .tooLarge, .wrongKind, .brokenPipe, .failed: .failed
            }
        self.init(exit, "file.\(error.code)", error.message)
    }

    private init(_ error: BundleError) {
        let exit: ExitCode =
            switch error.code {
            case .damaged, .notABundle, .refused: .integrity
            case .newerVersion: .busy
            case .notAMember: .notAllowed
            case .unknownMark: .notFound
            case .otherLibrary, .notConnected, .tooLarge: .failed
            }
        let hint =
            error.code == .notConnected
            ? "apply the bundle before it first, or have one made that begins earlier" : nil
        self.init(exit, "bundle.\(error.code.rawValue)", error.message, hint: hint)
    }

    private init(_ error: BackupError) {
        let exit: ExitCode =
            switch error.code {
            case .damaged, .notABackup: .integrity
            case .newerVersion: .busy
            case .wrongKind: .failed
            }
        self.init(exit, "backup.\(error.code)", error.message)
    }

    private init(_ error: ReplicaError) {
        let exit: ExitCode
        var hint: String?
        switch error.code {
        case .missing:
            exit = .notFound
            hint = "galley init makes a library, galley join takes part in one"
        case .notFound: exit = .notFound
        case .ambiguous: exit = .usage
        case .busy, .newerVersion: exit = .busy
        case .noPermission, .readOnly, .notAllowed: exit = .notAllowed
        case .damaged, .notAReplica:
            exit = .integrity
            hint = "galley doctor looks at the damage; what the hub has can be joined anew"
        case .badSignature, .chainGap, .wrongLamport, .wrongMembership, .wrongDependencies,
            .wrongBody, .unknownVersion, .malformed, .refusedChain, .cursorMismatch, .otherLibrary:
            exit = .integrity
        case .deleted: exit = .attention
        case .exists, .full, .ioError, .needsNewer, .faultyChange, .tooLarge, .membership:
            exit = .failed
        }
        self.init(exit, "library.\(error.code.rawValue)", error.message, hint: hint)
    }

    private init(_ error: MembershipError) {
        self.init(.notAllowed, "membership.\(error.code)", error.message)
    }
}
