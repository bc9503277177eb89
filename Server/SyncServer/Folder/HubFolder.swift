public import ArticleModel
import Files
public import Signing

/// The folder a hub keeps everything in.
///
///     hub.key                the hub's private key, PKCS#8 PEM, mode 0600
///     hub.conf               settings
///     claims/NAME            an unused claim code; NAME is its hash
///     libraries/ID.sqlite3   a replica of each library
///     libraries/ID.changed   when it changed last, for people to see
///     lock                   held by the process that serves
///     running                where it listens, while it does
///     statistics             what it does, while it does
public struct HubFolder: Sendable {
    /// The folder's path.
    public let path: String

    private static let keySizeMax = 16 * 1024
    private static let settingsSizeMax = 64 * 1024

    /// The folder at `path`, whatever is in it.
    public init(_ path: String) { self.path = path }

    /// Makes a new hub: key, settings, and no library yet.
    public static func create(
        at path: String,
        settings: HubSettings,
        key: PrivateKey
    ) throws(ServerError) -> HubFolder {
        let folder = HubFolder(path)
        try folder.withFiles { () throws(FileError) in
            try FileSystem.makeFolder(folder.claims)
            try FileSystem.makeFolder(folder.libraries)
        }
        guard !FileSystem.exists(folder.keyPath) else {
            throw ServerError(
                .exists,
                "There is a hub in \(path) already; 'galleyd run' starts it. "
                    + "Take another folder for another hub."
            )
        }
        try folder.withFiles { () throws(FileError) in
            try FileSystem.write(Array(settings.text.utf8), to: folder.settingsPath)
            // Last: a folder with a key is a whole hub.
            try FileSystem.create(key.pem(), at: folder.keyPath, mode: 0o600)
        }
        return folder
    }

    /// The hub's key.
    public func key() throws(ServerError) -> PrivateKey {
        guard FileSystem.exists(keyPath) else {
            throw ServerError(
                .missing,
                "There is no hub in \(path). Make one: galleyd init --data \(path)"
            )
        }
        if let mode = FileSystem.permissions(of: keyPath), mode & 0o077 != 0 {
            throw ServerError(
                .notPermitted,
                "Others may read the hub's key \(keyPath). Take that right away "
                    + "(chmod 600), and think about who may have read it."
            )
        }
        let pem = try withFiles { () throws(FileError) in
            try FileSystem.read(keyPath, limit: Self.keySizeMax)
        }
        do {
            return try PrivateKey(pem: pem)
        } catch {
            throw ServerError(.damaged, "The hub's key \(keyPath): \(error.message)")
        }
    }

    /// The hub's settings.
    public func settings() throws(ServerError) -> HubSettings {
        let bytes = try withFiles { () throws(FileError) in
            try FileSystem.read(settingsPath, limit: Self.settingsSizeMax)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ServerError(.badSetting, "\(settingsPath) is no UTF-8 text.")
        }
        return try HubSettings(text: text, path: settingsPath)
    }

    var keyPath: String { "\(path)/hub.key" }
    var settingsPath: String { "\(path)/hub.conf" }
    var claims: String { "\(path)/claims" }
    var libraries: String { "\(path)/libraries" }
    var lockPath: String { "\(path)/lock" }
    var runningPath: String { "\(path)/running" }

    func withFiles<Result: ~Copyable>(
        _ body: () throws(FileError) -> Result
    ) throws(ServerError) -> Result {
        do {
            return try body()
        } catch {
            throw ServerError(error)
        }
    }
}

// MARK: - Claim codes

extension HubFolder {
    /// Makes a claim code, good for one library.
    public func addClaim() throws(ServerError) -> ClaimCode {
        let code = ClaimCode()
        try withFiles { () throws(FileError) in
            try FileSystem.create([], at: "\(claims)/\(ClaimCode.name(of: code.text))")
        }
        return code
    }

    /// Whether a code is there to be used.
    func hasClaim(_ typed: String) -> Bool {
        FileSystem.exists("\(claims)/\(ClaimCode.name(of: typed))")
    }

    /// Uses a code up; false where there is none, or it was used before.
    func takeClaim(_ typed: String) throws(ServerError) -> Bool {
        try withFiles { () throws(FileError) in
            try FileSystem.remove("\(claims)/\(ClaimCode.name(of: typed))")
        }
    }

    /// The number of unused codes.
    func claimCount() throws(ServerError) -> Int {
        try withFiles { () throws(FileError) in try FileSystem.names(in: claims).count }
    }
}

// MARK: - Libraries

extension HubFolder {
    /// The libraries the hub has a replica of.
    public func libraryIDs() throws(ServerError) -> [LibraryID] {
        let names = try withFiles { () throws(FileError) in try FileSystem.names(in: libraries) }
        return names.compactMap { name in
            guard name.hasSuffix(Self.replicaSuffix) else { return nil }
            let digits = name.dropLast(Self.replicaSuffix.count)
            return [UInt8](hexadecimal: digits).flatMap { LibraryID($0) }
        }
    }

    /// Where a library's replica lies.
    public func replicaPath(of library: LibraryID) -> String {
        "\(libraries)/\(library)\(Self.replicaSuffix)"
    }

    private static let replicaSuffix = ".sqlite3"
}
