public import Sockets

/// What a hub is told in `hub.conf`: lines of `name = value`, and comments after `#`.
public struct HubSettings: Hashable, Sendable {
    /// Where it listens.
    public var listen: HostPort
    /// Where clients reach it, if that is another place.
    public var address: HostPort?
    /// What it grants.
    public var limits = ServiceLimits()

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
        lines.append("")
        lines.append("# What it grants at most; these are the usual values.")
        let usual = ServiceLimits().settings
        for (setting, usual) in zip(limits.settings, usual) {
            let mark = setting.value == usual.value ? "# " : ""
            lines.append("\(mark)\(setting.name) = \(setting.value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads the text of the file at `path`.
    init(text: String, path: String) throws(ServerError) {
        var listen: HostPort?
        var limits = ServiceLimits()
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
                try Self.take(name, text, place, into: &limits)
                continue
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
        self.limits = limits
    }

    private static func take(
        _ name: String,
        _ text: String,
        _ place: String,
        into limits: inout ServiceLimits
    ) throws(ServerError) {
        guard let isTaken = limits.set(name, text) else {
            let names = (["listen", "address"] + ServiceLimits.names).joined(separator: ", ")
            throw ServerError(
                .badSetting,
                "\(place): there is no setting '\(name)'; there are \(names)."
            )
        }
        guard isTaken else {
            throw ServerError(
                .badSetting,
                "\(place): '\(text)' is no value of '\(name)'; write it like '\(example(name))'."
            )
        }
    }

    private static func example(_ name: String) -> String {
        ServiceLimits().settings.first { $0.name == name }?.value ?? ""
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
