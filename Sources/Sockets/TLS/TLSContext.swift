import COpenSSL
import Signing

/// The settings of one side of TLS: version 1.3 alone, pinned Ed25519 keys, nothing resumed.
@safe
struct TLSContext: ~Copyable {
    enum Role { case client, server }

    /// The one application protocol, as ALPN writes it: a length and the name.
    static let applicationProtocol: [UInt8] = [8] + Array("galley/1".utf8)

    let role: Role
    /// Referred to by the context without being retained, so kept here.
    let check: PeerKeyCheck
    private let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer, role: Role, check: PeerKeyCheck) {
        unsafe self.pointer = pointer
        self.role = role
        self.check = check
    }

    /// Settings of a client that takes only the hub with the key `pinned`.
    static func client(
        key: PrivateKey,
        pinned: [UInt8],
        others: [[UInt8]] = []
    ) throws(SocketError) -> TLSContext {
        try make(role: .client, key: key, check: PeerKeyCheck(expected: pinned, others: others))
    }

    /// Settings of a hub that takes any client with a sound Ed25519 key.
    static func server(key: PrivateKey) throws(SocketError) -> TLSContext {
        try make(role: .server, key: key, check: PeerKeyCheck(expected: nil))
    }

    private static func make(
        role: Role,
        key: PrivateKey,
        check: PeerKeyCheck
    ) throws(SocketError) -> TLSContext {
        let method = unsafe role == .client ? TLS_client_method() : TLS_server_method()
        guard let context = unsafe SSL_CTX_new(method) else { throw failure }
        let isSet = unsafe setProtocol(context) && setKey(context, key)
        guard isSet, unsafe setApplicationProtocol(context, role) else {
            unsafe SSL_CTX_free(context)
            throw failure
        }
        unsafe setModes(context)
        unsafe PeerKeyCheck.install(check, in: context)
        return unsafe TLSContext(owning: context, role: role, check: check)
    }

    private static func setModes(_ context: OpaquePointer) {
        // Tickets and early data would let a peer in without a look at its key.
        unsafe SSL_CTX_set_options(
            context,
            galley_SSL_OP_NO_TICKET | galley_SSL_OP_NO_COMPRESSION | galley_SSL_OP_NO_RENEGOTIATION
        )
        // The disguise as TLS 1.2 costs 76 bytes a handshake and helps only where a box in between
        // knows TLS 1.2 alone; such a box would not let our protocol's name pass either.
        unsafe SSL_CTX_clear_options(context, galley_SSL_OP_ENABLE_MIDDLEBOX_COMPAT)
        unsafe SSL_CTX_set_num_tickets(context, 0)
        unsafe SSL_CTX_set_max_early_data(context, 0)
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        // Buffers only while they hold something: an idle connection is small. Parts of a write
        // may go out, and what is left may have moved in memory when it is offered again.
        let modes =
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
            | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, modes, nil)
        unsafe SSL_CTX_set_verify(
            context,
            SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
            nil
        )
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// A session over a connected, non-blocking socket.
    func session(
        over descriptor: borrowing FileDescriptor,
        peer: String
    ) throws(SocketError) -> TLSSession {
        guard let session = unsafe SSL_new(pointer) else { throw Self.failure }
        guard unsafe SSL_set_fd(session, descriptor.number) == 1 else {
            unsafe SSL_free(session)
            throw Self.failure
        }
        switch role {
        case .client: unsafe SSL_set_connect_state(session)
        case .server: unsafe SSL_set_accept_state(session)
        }
        return unsafe TLSSession(owning: session, role: role, peer: peer)
    }

    private static func setProtocol(_ context: OpaquePointer) -> Bool {
        let version = Int(TLS1_3_VERSION)
        return unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, version, nil) == 1
            && SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, version, nil) == 1
            && SSL_CTX_set_ciphersuites(
                context,
                "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
            ) == 1
            && setList(context, SSL_CTRL_SET_GROUPS_LIST, "X25519")
            && setList(context, SSL_CTRL_SET_SIGALGS_LIST, "ed25519")
            && setList(context, SSL_CTRL_SET_CLIENT_SIGALGS_LIST, "ed25519")
    }

    /// The macros around `SSL_CTX_ctrl` that take a text are not seen by Swift.
    private static func setList(_ context: OpaquePointer, _ what: Int32, _ list: String) -> Bool {
        var characters = list.utf8CString.map { $0 }
        return unsafe SSL_CTX_ctrl(context, what, 0, &characters) == 1
    }

    private static func setKey(_ context: OpaquePointer, _ key: PrivateKey) -> Bool {
        unsafe key.withEVPKey { pointer in
            guard let certificate = try? unsafe TLSCertificate.make(for: pointer) else {
                return false
            }
            // The context takes references of its own.
            defer { unsafe X509_free(certificate) }
            return unsafe SSL_CTX_use_certificate(context, certificate) == 1
                && SSL_CTX_use_PrivateKey(context, pointer) == 1
        }
    }

    private static func setApplicationProtocol(_ context: OpaquePointer, _ role: Role) -> Bool {
        switch role {
        case .client:
            // Zero means done, unlike everywhere else.
            return unsafe SSL_CTX_set_alpn_protos(
                context,
                applicationProtocol,
                UInt32(applicationProtocol.count)
            ) == 0
        case .server:
            // The selection below is not asked when a client names no protocol at all.
            unsafe SSL_CTX_set_client_hello_cb(
                context,
                { session, alert, _ in
                    var bytes: UnsafePointer<UInt8>?
                    var count = 0
                    let isThere = unsafe SSL_client_hello_get0_ext(
                        session,
                        UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation),
                        &bytes,
                        &count
                    )
                    guard isThere == 1 else {
                        unsafe alert?.pointee = TLS1_AD_NO_APPLICATION_PROTOCOL
                        return SSL_CLIENT_HELLO_ERROR
                    }
                    return SSL_CLIENT_HELLO_SUCCESS
                },
                nil
            )
            unsafe SSL_CTX_set_alpn_select_cb(
                context,
                { _, selected, selectedCount, offered, offeredCount, _ in
                    let offer = unsafe UnsafeBufferPointer(
                        start: offered,
                        count: Int(offeredCount)
                    )
                    guard let start = unsafe TLSContext.ownProtocol(in: offer) else {
                        return SSL_TLSEXT_ERR_ALERT_FATAL
                    }
                    unsafe selected?.pointee = offered?.advanced(by: start)
                    unsafe selectedCount?.pointee = TLSContext.applicationProtocol[0]
                    return SSL_TLSEXT_ERR_OK
                },
                nil
            )
            return true
        }
    }

    /// Where the name of our protocol begins in a client's list, or nil.
    private static func ownProtocol(in offer: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = 0
        while index < offer.count {
            let end = unsafe index + 1 + Int(offer[index])
            guard end <= offer.count else { return nil }
            if unsafe offer[index..<end].elementsEqual(applicationProtocol) { return index + 1 }
            index = end
        }
        return nil
    }

    private static var failure: SocketError {
        ERR_clear_error()
        return SocketError(.system, "OpenSSL cannot be set up for TLS 1.3 with Ed25519 keys.")
    }
}
