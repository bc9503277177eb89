/// A course of events that broke some engine in practice, played with this one.
public struct Scenario: Sendable {
    /// What has to hold.
    public let name: String
    private let profile: @Sendable () -> Profile
    private let play: @Sendable (World) throws -> Void

    init(_ name: String, clients: Int = 3, _ play: @escaping @Sendable (World) throws -> Void) {
        self.name = name
        profile = { Profile.calm(clients: clients) }
        self.play = play
    }

    /// Plays it; throws what must not happen and did.
    public func run() throws {
        let fileSystem = SimulatedFileSystem()
        let world = try World(seed: 1, fileSystem: fileSystem, profile: profile(), trace: nil)
        defer { world.end() }
        try play(world)
        try world.settleDown()
    }

    /// All of them, in the order of the causes.
    ///
    /// Not played, as what they are about is not built: positions given by a database that many
    /// nodes share, and its notifications (there is one hub, on one file); entries past the cut of a
    /// revocation; histories that were trimmed. That nothing resumes a TLS session is tested where
    /// TLS is.
    public static let all: [Scenario] =
        copies + crashes + hubs + exchanges + people
}

extension Profile {
    /// A world in which nothing goes wrong by itself.
    static func calm(clients: Int) -> Profile {
        Profile(
            clientCount: clients,
            libraryCount: 1,
            directLinkCount: 0,
            hasLiar: false,
            hubLies: false,
            faults: [],
            faultInterval: 0,
            actWeight: 2,
            articleCount: 4,
            allJoin: true
        )
    }
}
