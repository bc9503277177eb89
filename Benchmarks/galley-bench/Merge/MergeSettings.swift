import Foundation

extension MergeBenchmark {
    /// What is measured, and with what.
    struct Settings {
        /// The folder of the traces.
        var traces: URL
        /// Where an engine's own histories of traces are kept.
        var cache: URL
        /// A Python that has the other engines, and the worker it runs; nil without them.
        var peers: (python: String, worker: String)?
        /// Whether what takes minutes is measured too.
        var isComplete = false
        /// The goals to measure; all of them where none is named.
        var goals: Set<String> = []

        /// Reads the words of a command line; nil where they are not understood.
        init?(words: [String]) {
            var traces: String?
            var cache: String?
            var rest = words[...]
            while let word = rest.popFirst() {
                switch word {
                case "--all": isComplete = true
                case "--cache": cache = rest.popFirst()
                case "--peers":
                    guard let python = rest.popFirst(), let worker = rest.popFirst() else {
                        return nil
                    }
                    peers = (python, worker)
                case _ where word.count == 2 && word.first == "M" && word != "M0":
                    guard word.last?.isNumber ?? false else { return nil }
                    goals.insert(word)
                default:
                    guard traces == nil, !word.hasPrefix("-") else { return nil }
                    traces = word
                }
            }
            guard let traces, let cache else { return nil }
            self.traces = URL(filePath: traces)
            self.cache = URL(filePath: cache)
        }
    }
}
