import ArticleModel
import CBOR

/// What the signatures inside a record are over, each a deterministic CBOR array.
///
/// They show that a device holds an invitation, and that an old device vouches for it; the record's
/// own signature shows that the device holds its key.
enum InnerStatement {
    /// By an invitation's key: `["galley/1/join", library, device, user's name, device's name]`.
    static func join(
        library: LibraryID,
        device: DeviceKey,
        userName: String,
        deviceName: String
    ) -> [UInt8] {
        var writer = CBORWriter(capacity: 256)
        writer.array(5)
        writer.text("galley/1/join")
        writer.identifier(library)
        writer.identifier(device)
        writer.text(userName)
        writer.text(deviceName)
        return writer.bytes
    }

    /// By an invitation's key: `["galley/1/device-join", library, user, device, device's name]`.
    static func deviceJoin(
        library: LibraryID,
        user: UserID,
        device: DeviceKey,
        deviceName: String
    ) -> [UInt8] {
        var writer = CBORWriter(capacity: 256)
        writer.array(5)
        writer.text("galley/1/device-join")
        writer.identifier(library)
        writer.identifier(user)
        writer.identifier(device)
        writer.text(deviceName)
        return writer.bytes
    }

    /// By an old device: `["galley/1/device-add", library, user, invitation's key]`.
    static func endorsement(library: LibraryID, user: UserID, invitation: DeviceKey) -> [UInt8] {
        var writer = CBORWriter(capacity: 128)
        writer.array(4)
        writer.text("galley/1/device-add")
        writer.identifier(library)
        writer.identifier(user)
        writer.identifier(invitation)
        return writer.bytes
    }
}
