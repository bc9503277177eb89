import ArticleModel
import CBOR
import Signing

// A bundle is what a session would carry, in a file:
//
//   magic      16 bytes: "galley-bundle/0\n"; the digit is the version
//   header     4 bytes, big-endian: its size, at most 8 MiB; then a CBOR map
//   check      32 bytes: SHA-256 of magic and header
//   frames     as on the wire, of stream 0: MEMBERS, then BLOB and RUN without positions, then BYE;
//              each is followed by its check: SHA-256 of the check before and of the frame's bytes
//   signature  64 bytes by the device that made the bundle over
//              the CBOR ["galley/1/bundle", library, check of BYE]
//
// The file ends there.

/// What both sides of the format know.
enum BundleFormat {
    static let magic = Array("galley-bundle/0\n".utf8)
    /// What every version begins with.
    static let magicStart = Array("galley-bundle/".utf8)
    static let headerSizeMax = 8 * 1024 * 1024
    static let checkSize = SHA256.byteCount
    static let stream: UInt64 = 0

    /// The check of a frame that follows one with the check `previous`.
    static func check(_ frame: ArraySlice<UInt8>, after previous: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(previous)
        hash.update(frame)
        return hash.finalize()
    }

    /// What the bundle's maker signs.
    static func statement(_ library: LibraryID, check: [UInt8]) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.text("galley/1/bundle")
        writer.bytes(library.bytes)
        writer.bytes(check)
        return writer.bytes
    }
}
