import ArticleModel
import Membership
import Signing
import Testing

@Suite struct IdentitiesTests {
    @Test func aChangesIDIsTheDigestOfItsChangeSetAndIndex() throws {
        let changeSet: ChangeSetID = try TestHeader.id(1)
        for (index, encoded) in [(0, [0x00]), (23, [0x17]), (255, [0x18, 0xff])] as [(Int, [UInt8])]
        {
            let bytes = [0x82, 0x58, 0x20] + changeSet.bytes + encoded
            #expect(
                ChangeIdentity.id(of: changeSet, index: index).bytes == SHA256.hash(bytes)
            )
        }
    }

    @Test func aSeedsIDIsTheDigestOfTheLibraryAndTheSeed() throws {
        let library: LibraryID = try TestHeader.id(2)
        let seed: [UInt8] = [1, 2, 3]
        let bytes =
            [0x83, 0x70] + Array("galley/1/article".utf8) + [0x58, 0x20] + library.bytes + [0x43]
            + seed
        let id = ChangeIdentity.seed(library: library, bytes: seed)
        #expect(id.bytes == SHA256.hash(bytes))
        #expect(ChangeIdentity.article(ofSeed: id).bytes == Array(id.bytes.prefix(16)))
    }

    @Test func aChainsIDIsTheStartOfTheDigestOfDeviceAndIncarnation() throws {
        let device: DeviceKey = try TestHeader.id(3)
        let incarnation: Incarnation = try TestHeader.short(4)
        let bytes =
            [0x83, 0x6e] + Array("galley/1/chain".utf8) + [0x58, 0x20] + device.bytes + [0x50]
            + incarnation.bytes
        let id = ChainIdentity.id(device: device, incarnation: incarnation)
        #expect(id.bytes == Array(SHA256.hash(bytes).prefix(16)))
        #expect(ChainOpening(device: device, incarnation: incarnation).chain == id)
    }

    @Test func aBodysHashIsItsDigest() {
        #expect(BodyReference(codecVersion: 0, bytes: [5]).hash.bytes == SHA256.hash([5]))
        #expect(BodyReference(codecVersion: 0, bytes: [5]).size == 1)
    }
}
