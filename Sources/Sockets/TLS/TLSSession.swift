import COpenSSL
import Glibc

/// One TLS connection over a non-blocking socket that somebody else owns.
///
/// Each call does what it can at once and says what it waits for.
@safe
struct TLSSession: ~Copyable {
    /// What came of a step.
    enum Step {
        /// Done; for reads and writes, how many bytes.
        case done(Int)
        /// Call again when the socket can be read.
        case wantsRead
        /// Call again when the socket can be written.
        case wantsWrite
        /// The peer has announced that it sends no more.
        case ended
        case failed(SocketError)
    }

    private let pointer: OpaquePointer
    private let role: TLSContext.Role
    private let peer: String

    init(owning pointer: OpaquePointer, role: TLSContext.Role, peer: String) {
        unsafe self.pointer = pointer
        self.role = role
        self.peer = peer
    }

    deinit { unsafe SSL_free(pointer) }

    /// Goes on with the handshake.
    func handshake(check: PeerKeyCheck) -> Step {
        ERR_clear_error()
        errno = 0
        let result = unsafe SSL_do_handshake(pointer)
        guard result == 1 else {
            return step(of: result, isHandshake: true, check: check)
        }
        guard hasApplicationProtocol else {
            return .failed(TLSFailure.otherProtocol(role: role, peer: peer))
        }
        return .done(0)
    }

    /// Reads into `buffer`; at most one record.
    func read(into buffer: inout [UInt8]) -> Step {
        ERR_clear_error()
        errno = 0
        var count = 0
        let result = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe SSL_read_ex(pointer, bytes.baseAddress, bytes.count, &count)
        }
        return result == 1 ? .done(count) : step(of: result, isHandshake: false, check: nil)
    }

    /// Writes some of `bytes`, which must not be empty.
    func write(_ bytes: ArraySlice<UInt8>) -> Step {
        ERR_clear_error()
        errno = 0
        var count = 0
        let result = unsafe bytes.withUnsafeBytes { bytes in
            unsafe SSL_write_ex(pointer, bytes.baseAddress, bytes.count, &count)
        }
        return result == 1 ? .done(count) : step(of: result, isHandshake: false, check: nil)
    }

    /// Announces that this side sends no more; once is enough.
    func announceEnd() {
        ERR_clear_error()
        // Only an attempt: where the announcement does not fit into the socket's buffer any more,
        // the peer has not read for long and sees the connection end.
        unsafe SSL_shutdown(pointer)
    }

    /// Whether read bytes wait inside OpenSSL, where the socket does not show them.
    var hasBufferedBytes: Bool { unsafe SSL_has_pending(pointer) == 1 }

    /// The peer's raw Ed25519 key, once the handshake is done.
    var peerKey: [UInt8]? {
        guard let certificate = unsafe SSL_get0_peer_certificate(pointer) else { return nil }
        return unsafe PeerKeyCheck.rawKey(of: certificate)
    }

    /// Bytes that came over the socket, TLS's own included.
    var byteCountReceived: UInt64 { unsafe BIO_number_read(SSL_get_rbio(pointer)) }

    /// Bytes that went over the socket, TLS's own included.
    var byteCountSent: UInt64 { unsafe BIO_number_written(SSL_get_wbio(pointer)) }

    private var hasApplicationProtocol: Bool {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(pointer, &name, &count)
        return unsafe UnsafeBufferPointer(start: name, count: Int(count))
            .elementsEqual(TLSContext.applicationProtocol.dropFirst())
    }

    private func step(of result: Int32, isHandshake: Bool, check: PeerKeyCheck?) -> Step {
        let number = errno
        switch unsafe SSL_get_error(pointer, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_SYSCALL:
            return .failed(
                number == 0 ? .closedEarly(peer: peer) : .system(number, peer: peer)
            )
        default:
            let failure = TLSFailure(role: role, peer: peer, isHandshake: isHandshake)
            return .failed(failure.error(reason: reason(), check: check))
        }
    }

    /// The reason of the failure that OpenSSL noted first, 0 where it noted none.
    private func reason() -> Int32 {
        let code = ERR_peek_error()
        // What the macro ERR_GET_REASON does: the low 23 bits.
        return Int32(truncatingIfNeeded: code & 0x7F_FFFF)
    }
}
