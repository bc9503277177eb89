import Files

/// What the environment and the command line say about colours and the pager.
struct TerminalChoices {
    /// The environment.
    let variables: [String: String]
    /// `--color`.
    var colour: String?
    /// Whether `--no-pager` was given.
    var hasNoPager = false

    /// The values `--color` takes.
    static let colours = ["auto", "always", "never"]

    private var isDumb: Bool { ["", "dumb"].contains(variables["TERM"] ?? "") }

    private func isSet(_ name: String) -> Bool { !(variables[name] ?? "").isEmpty }

    /// Whether words may have colours, on a terminal or elsewhere.
    func isColoured(onTerminal: Bool) -> Bool {
        if colour == "always" { return true }
        if colour == "never" || isSet("NO_COLOR") { return false }
        if isSet("CLICOLOR_FORCE"), variables["CLICOLOR_FORCE"] != "0" { return true }
        return onTerminal && !isDumb && variables["CLICOLOR"] != "0"
    }

    /// The command that shows long output, for a shell; nil where there is none.
    var pager: String? {
        guard !hasNoPager, !isDumb else { return nil }
        // Set to nothing it is switched off.
        let command = variables["GALLEY_PAGER"] ?? variables["PAGER"] ?? "less -FRX"
        let program = command.split(separator: " ").first.map(String.init) ?? "cat"
        guard program != "cat" else { return nil }
        // Without the program the output would be lost.
        guard Surroundings.hasProgram(program, searchPath: variables["PATH"]) else { return nil }
        return command
    }

    /// Whether lines may be drawn with characters beyond ASCII.
    var hasUnicode: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] where isSet(name) {
            let value = (variables[name] ?? "").lowercased()
            return value.contains("utf-8") || value.contains("utf8")
        }
        return true
    }
}
