public import Sockets

/// What a hub is told in `hub.conf`: lines of `name = value`, and comments after `#`.
public struct HubSettings: Hashable, Sendable {
    /// Where it listens.
    public var listen: HostPort
    /// Where clients reach it, if that is another place.
    public var address: HostPort?

    /// Settings of a hub that listens at `listen`.
    public init(listen: HostPort, address: HostPort? = nil) {
        self.listen = listen
        self.address = address
    }

    /// The text of the file.
    var text: String {
        var lines = ["# Settings of a Galley hub; restart it after a change."]
        lines.append("listen = \(listen)")
        if let address { lines.append("address = \(address)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads the text of the file at `path`.
    init(text: String, path: String) throws(ServerError) {
        var listen: HostPort?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let content = line.prefix { $0 != "#" }
            guard content.contains(where: { !$0.isWhitespace }) else { continue }
            let parts = content.split(separator: "=", maxSplits: 1).map { part in
                String(part.drop(while: \.isWhitespace)).trimmedEnd
            }
            let place = "\(path), line \(index + 1)"
            guard parts.count == 2, let name = parts.first, let text = parts.last else {
                throw ServerError(.badSetting, "\(place): write 'name = value'.")
            }
            guard name == "listen" || name == "address" else {
                throw ServerError(
                    .badSetting,
                    "\(place): there is no setting '\(name)'; there are 'listen' and 'address'."
                )
            }
            guard let value = HostPort(text) else {
                throw ServerError(.badSetting, "\(place): '\(text)' is no HOST:PORT.")
            }
            if name == "listen" { listen = value } else { address = value }
        }
        guard let listen else {
            throw ServerError(.badSetting, "\(path) does not say 'listen = HOST:PORT'.")
        }
        self.listen = listen
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
