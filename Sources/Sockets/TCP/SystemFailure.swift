import Glibc

/// The text the system has for an error number.
func systemText(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}

extension SocketError {
    /// The error of a failed system call on a connection to or from `peer`.
    static func system(_ number: Int32, peer: String) -> SocketError {
        switch number {
        case ECONNREFUSED:
            SocketError(
                .refused,
                "\(peer) refused the connection: nothing listens there. "
                    + "Is the hub running, and are address and port right?"
            )
        case ETIMEDOUT:
            timedOut(peer: peer)
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL:
            SocketError(
                .unreachable,
                "\(peer) cannot be reached (\(systemText(number))). Check the network."
            )
        case ECONNRESET, EPIPE, ECONNABORTED:
            closedEarly(peer: peer)
        default:
            SocketError(
                .system,
                "The connection with \(peer) failed: \(systemText(number))."
            )
        }
    }

    static func timedOut(peer: String) -> SocketError {
        SocketError(
            .timedOut,
            "\(peer) did not answer in time. Check the network, or try again later."
        )
    }

    static func closedEarly(peer: String) -> SocketError {
        SocketError(
            .closedEarly,
            "\(peer) broke the connection off. It may be restarting or too busy: try again later."
        )
    }
}
