import Glibc

/// The process's surroundings: variables, names, other programs.
public enum Surroundings {
    /// The variables of the environment.
    public static var variables: [String: String] {
        var result: [String: String] = [:]
        var entry = unsafe environ
        while let pointer = unsafe entry.pointee {
            let text = unsafe String(cString: pointer)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return result
    }

    /// The number of this process.
    public static var processID: Int32 { getpid() }

    /// The machine's name.
    public static var hostName: String? {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
        return String(
            decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }

    /// The name of the process's user.
    public static var userName: String? {
        guard let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name else {
            return nil
        }
        return unsafe String(cString: name)
    }

    /// Runs a program of the search path on this terminal and waits for its end.
    ///
    /// Gives its exit code; 128 and the signal's number where a signal ended it.
    public static func run(_ arguments: [String]) throws(FileError) -> Int32 {
        guard let program = arguments.first else { return 0 }
        var process: pid_t = 0
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { text in
            unsafe strdup(text)
        }
        unsafe pointers.append(nil)
        defer { unsafe release(pointers) }
        let failure = unsafe posix_spawnp(&process, program, nil, nil, pointers, environ)
        guard failure == 0 else { throw FileError("run", program, number: failure) }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw FileError("waited for", program, number: errno) }
        }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    /// Whether the search path has a program of this name; a name with a slash is a path.
    public static func hasProgram(_ name: String, searchPath: String?) -> Bool {
        if name.contains("/") { return unsafe access(name, X_OK) == 0 }
        let folders = (searchPath ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.contains { unsafe access("\($0)/\(name)", X_OK) == 0 }
    }

    private static func release(_ pointers: [UnsafeMutablePointer<CChar>?]) {
        for index in unsafe pointers.indices { unsafe free(pointers[index]) }
    }
}
