import Glibc

/// A program that reads what is written to it, as a pager does.
public final class ChildInput {
    private var descriptor: Int32
    private let process: pid_t
    private let name: String

    /// Starts a program of the search path with its standard input in our hands.
    ///
    /// `defaults` are variables it gets where the environment does not have them. From here on an
    /// interrupt typed at the terminal is the program's to handle, not ours.
    public init(running arguments: [String], defaults: [String: String] = [:]) throws(FileError) {
        let program = arguments.first ?? ""
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw FileError("run", program, number: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        var variables = Surroundings.variables
        variables.merge(defaults) { known, _ in known }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe variables.map {
            unsafe strdup("\($0.key)=\($0.value)")
        }
        unsafe environment.append(nil)
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
            for index in unsafe environment.indices { unsafe free(environment[index]) }
        }
        var child: pid_t = 0
        let failure = unsafe posix_spawnp(&child, program, &actions, nil, words, environment)
        close(ends[0])
        guard failure == 0 else {
            close(ends[1])
            throw FileError("run", program, number: failure)
        }
        signal(SIGINT, SIG_IGN)
        descriptor = ends[1]
        process = child
        name = program
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Writes `bytes`; with code `brokenPipe` where the program reads no more.
    public func write(_ bytes: [UInt8]) throws(FileError) {
        try Descriptor.writeAll(bytes, to: descriptor, path: name)
    }

    /// Says that nothing more comes and waits for the program's end; gives its exit code, 128 and
    /// the signal's number where a signal ended it.
    @discardableResult
    public func finish() -> Int32 {
        guard descriptor >= 0 else { return 0 }
        close(descriptor)
        descriptor = -1
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 { guard errno == EINTR else { break } }
        signal(SIGINT, SIG_DFL)
        let ending = status & 0x7F
        return ending == 0 ? status >> 8 & 0xFF : 128 + ending
    }
}
