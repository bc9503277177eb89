import ArticleModel
import Membership
import ReplicaStore
import Signing
import SyncEngine

/// The hub's machine.
final class Hub {
    let key: PrivateKey
    let device: DeviceKey
    let disk: SimulatedDisk
    let shelf: HubShelf
    /// Nil while its process does not run.
    var engine: HubEngine?
    /// What it shows some clients while it lies: another log of the same libraries.
    var otherEngine: HubEngine?
    let otherShelf: HubShelf
    /// What its clock is off by.
    var clockOffset: Int64 = 0
    /// Copies of its files that its operator made, by library, and how long the log was then.
    var backups: [Int: [String: FileImage]] = [:]

    init(key: PrivateKey, disk: SimulatedDisk, fileSystem: String) throws {
        self.key = key
        device = try DeviceKey(key.publicKey)
        self.disk = disk
        shelf = HubShelf(disk: disk, fileSystem: fileSystem)
        otherShelf = HubShelf(disk: disk, fileSystem: fileSystem)
        otherShelf.prefix = Self.otherLog
    }

    /// Stands before the name of a log that only some clients are shown.
    static let otherLog = "other-"

    var isUp: Bool { engine != nil }

    /// Ends the process.
    func stop() {
        engine = nil
        otherEngine = nil
        shelf.open = [:]
        otherShelf.open = [:]
    }
}

/// The libraries that the simulated hub serves.
final class HubShelf: HubLibraries {
    let disk: SimulatedDisk
    let fileSystem: String
    /// The numbers of libraries by their ids.
    var numbers: [LibraryID: Int] = [:]
    /// The replicas open, by file.
    var open: [String: Replica] = [:]
    /// What is put before a file's name.
    var prefix = ""

    init(disk: SimulatedDisk, fileSystem: String) {
        self.disk = disk
        self.fileSystem = fileSystem
    }

    static func file(_ library: Int) -> String { "hub\(library).db" }

    func replica(of library: LibraryID) throws -> Replica? {
        guard let number = numbers[library], let replica = try replica(number) else { return nil }
        // What was being registered when something broke is not served.
        return try replica.hasMembers() ? replica : nil
    }

    func replica(_ number: Int) throws -> Replica? {
        let name = prefix + Self.file(number)
        if let replica = open[name] { return replica }
        guard disk.image(of: name) != nil else { return nil }
        let replica = try Replica(opening: "hub/\(name)", fileSystem: fileSystem)
        open[name] = replica
        return replica
    }

    func acceptsClaim(_ code: String) throws -> Bool { code == "claim" }

    func register(
        _ library: LibraryID,
        claim code: String,
        records: [MembershipLog.Entry]
    ) throws -> Replica? {
        guard code == "claim", let number = numbers[library] else { return nil }
        let name = Self.file(number)
        // The file of an attempt that did not end is taken up again.
        if disk.image(of: name) == nil { disk.put(Template.replica(of: library), as: name) }
        guard let replica = try replica(number) else { return nil }
        try replica.appendMembershipAsHub(records)
        return replica
    }

    /// Opens all there is, as a program does when it starts.
    func openAll() throws {
        for number in numbers.values.sorted() { _ = try replica(number) }
    }
}
