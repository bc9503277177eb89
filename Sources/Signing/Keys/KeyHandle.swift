import COpenSSL

/// Owns an OpenSSL key.
///
/// Building one costs about as much as half a verification, so each is kept as long as it is used.
@safe
final class KeyHandle: @unchecked Sendable {
    // Unchecked: nothing alters the key after it was made. OpenSSL counts references atomically,
    // and signing and verifying, each with a context of its own, only read it.
    let pointer: OpaquePointer

    /// Takes over `pointer`.
    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe EVP_PKEY_free(pointer) }
}

/// What is shared by those who ask OpenSSL for something.
enum OpenSSL {
    /// Empties this thread's error queue, so that what a refused input left there is not taken for
    /// the failure of a later call (TLS looks into the same queue).
    static func forgetErrors() { ERR_clear_error() }
}
