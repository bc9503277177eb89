import Foundation
import Fuzzing

// Built by Tests/Fuzzing/fuzz alone, with -sanitize=fuzzer: `galley-fuzz TARGET FOLDER [OPTION…]`
// unpacks the target's corpus into the folder and lets libFuzzer go on from there.

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Read by a function that captures nothing; set once before it is called.
nonisolated(unsafe) private var check: @Sendable ([UInt8]) throws -> Void = { _ in }

/// The longest that one input may take, in nanoseconds of the processor's time.
private let timeMax: UInt64 = 50_000_000

private func processorTime() -> UInt64 { clock_gettime_nsec(CLOCK_THREAD_CPUTIME_ID) }

private func clock_gettime_nsec(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

private func tryInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let began = processorTime()
    do {
        try check(input)
    } catch {
        fatalError("finding: \(error)")
    }
    guard processorTime() - began <= timeMax else { fatalError("finding: over 50 ms") }
    return 0
}

@main
struct Program {
    static func main() throws {
        let words = CommandLine.arguments
        guard words.count >= 3, let target = FuzzTarget.all.first(where: { $0.name == words[1] })
        else {
            print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
            exit(words.count == 1 ? 0 : 2)
        }
        try FuzzCorpus(of: target).unpack(into: URL(fileURLWithPath: words[2]))
        // Once before anything is counted or timed: what is made once is made here.
        try target.check([])
        check = target.check
        var arguments =
            [words[0], words[2], "-max_len=\(target.inputSizeMax)"] + words.dropFirst(3)
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        var count = Int32(arguments.count)
        arguments = []
        let status = pointers.withUnsafeMutableBufferPointer { buffer -> Int32 in
            guard var start = buffer.baseAddress else { return 2 }
            return runFuzzer(&count, &start, tryInput)
        }
        exit(status)
    }
}
