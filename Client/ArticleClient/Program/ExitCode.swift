/// What a command ends with; scripts go by it.
public enum ExitCode: Int32, Sendable {
    /// Done.
    case done = 0
    /// Failed.
    case failed = 1
    /// Called wrongly; nothing was done.
    case usage = 2
    /// What was named is not there.
    case notFound = 3
    /// Something waits for a person's decision.
    case attention = 4
    /// The hub cannot be reached; work is kept for later.
    case network = 5
    /// Not allowed, or a key is not the one expected.
    case notAllowed = 6
    /// A signature or a file is not as it should be.
    case integrity = 7
    /// Some of it was done, some failed.
    case partly = 8
    /// Another process uses the library.
    case busy = 9
}
