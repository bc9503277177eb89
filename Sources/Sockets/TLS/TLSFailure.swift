import COpenSSL

/// Says for people what OpenSSL's reason means, seen from one side.
struct TLSFailure {
    let role: TLSContext.Role
    let peer: String
    let isHandshake: Bool

    /// OpenSSL numbers an alert of the peer by adding this.
    private static let alertOffset: Int32 = 1000

    func error(reason: Int32, check: PeerKeyCheck?) -> SocketError {
        if reason > Self.alertOffset, reason <= Self.alertOffset + 255 {
            return alert(reason - Self.alertOffset)
        }
        switch reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            return unwantedKey(check)
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return SocketError(
                .noCertificate,
                "\(peer) showed no certificate; every client must show its device key."
            )
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return .closedEarly(peer: peer)
        case SSL_R_NO_APPLICATION_PROTOCOL, SSL_R_CALLBACK_FAILED, SSL_R_BAD_EXTENSION:
            return Self.otherProtocol(role: role, peer: peer)
        default:
            return isHandshake ? notTLS : damaged
        }
    }

    private func alert(_ number: Int32) -> SocketError {
        switch number {
        case SSL3_AD_BAD_CERTIFICATE, SSL3_AD_UNSUPPORTED_CERTIFICATE,
            SSL3_AD_CERTIFICATE_REVOKED, SSL3_AD_CERTIFICATE_EXPIRED,
            SSL3_AD_CERTIFICATE_UNKNOWN, TLS1_AD_UNKNOWN_CA, TLS1_AD_ACCESS_DENIED:
            return SocketError(
                .certificateRefused,
                role == .client
                    ? "\(peer) refused this device's key. Is it the hub this device belongs to?"
                    : "\(peer) refused this hub's key: the client has pinned another one."
            )
        case TLS13_AD_CERTIFICATE_REQUIRED:
            return SocketError(
                .noCertificate,
                "\(peer) wants a certificate, and this side showed none."
            )
        case TLS1_AD_NO_APPLICATION_PROTOCOL:
            return Self.otherProtocol(role: role, peer: peer)
        case TLS1_AD_DECODE_ERROR:
            // What OpenSSL says to a peer whose connection ended in the middle.
            return .closedEarly(peer: peer)
        case SSL3_AD_BAD_RECORD_MAC, TLS1_AD_DECRYPT_ERROR,
            TLS1_AD_RECORD_OVERFLOW:
            return damaged
        default:
            return isHandshake ? notTLS : damaged
        }
    }

    private func unwantedKey(_ check: PeerKeyCheck?) -> SocketError {
        guard let check, let expected = check.expected else {
            return SocketError(
                .unusableKey,
                "\(peer) showed a key that is no sound Ed25519 key."
            )
        }
        guard let received = check.received else {
            return SocketError(
                .unusableKey,
                "\(peer) showed a key that is no Ed25519 key; it is not the hub \(hex(expected))."
            )
        }
        return SocketError(
            .wrongHubKey,
            "\(peer) is not the hub it should be: expected the key \(hex(expected)), "
                + "got \(hex(received)). Somebody may be in between, or the hub has a new key: "
                + "ask whoever runs it."
        )
    }

    static func otherProtocol(role: TLSContext.Role, peer: String) -> SocketError {
        SocketError(
            .otherProtocol,
            role == .client
                ? "\(peer) speaks TLS, but not galley/1: another program listens there."
                : "\(peer) speaks TLS, but does not ask for galley/1."
        )
    }

    private var notTLS: SocketError {
        SocketError(
            .notTLS,
            role == .client
                ? "\(peer) does not speak TLS 1.3 as a hub does: another program listens there."
                : "\(peer) does not speak TLS 1.3 with Ed25519 keys."
        )
    }

    private var damaged: SocketError {
        SocketError(
            .damaged,
            "What came from \(peer) was altered on its way. Try again; if it stays, look at what "
                + "lies between."
        )
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
