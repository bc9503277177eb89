internal import Foundation

/// How much more than usual a random test is to try: `./run soak` sets `GALLEY_SOAK`.
public enum Soak {
    /// 1 in an ordinary run.
    public static let factor: Int = {
        let value = ProcessInfo.processInfo.environment["GALLEY_SOAK"].flatMap { Int($0) }
        return max(1, value ?? 1)
    }()
}
