public import ArticleModel
public import Membership
public import ReplicaStore

/// The libraries a hub serves, wherever it keeps them.
public protocol HubLibraries: AnyObject {
    /// The hub's replica of a library; nil where it serves none.
    func replica(of library: LibraryID) throws -> Replica?

    /// Whether a library may be registered by this code now.
    func acceptsClaim(_ code: String) throws -> Bool

    /// Uses up the code and makes the replica of a library whose first records were checked and
    /// name this hub; nil where the code is used by now.
    func register(
        _ library: LibraryID,
        claim code: String,
        records: [MembershipLog.Entry]
    ) throws -> Replica?
}
