import Foundation

/// Articles of about 4 KB of words of a Zipf-like distribution, the same for every run of a seed.
struct Corpus {
    private var state: UInt64
    private let words: [String]
    private let cumulative: [Double]

    init(seed: UInt64 = 20_260_101) {
        state = seed
        var words: [String] = []
        var generator = Corpus.Generator(state: seed)
        let consonants = Array("bcdfghklmnprstvz")
        let vowels = Array("aeiou")
        let endings = ["", "n", "s", "r"]
        for _ in 0..<8000 {
            var word = ""
            for _ in 0..<Int(1 + generator.next() % 4) {
                word.append(consonants[Int(generator.next() % UInt64(consonants.count))])
                word.append(vowels[Int(generator.next() % UInt64(vowels.count))])
            }
            words.append(word + endings[Int(generator.next() % 4)])
        }
        var sum = 0.0
        var cumulative: [Double] = []
        for rank in 0..<words.count {
            sum += 1 / (Double(rank) + 2.7)
            cumulative.append(sum)
        }
        self.words = words
        self.cumulative = cumulative.map { $0 / sum }
    }

    /// SplitMix64.
    private struct Generator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private mutating func random() -> UInt64 {
        var generator = Generator(state: state)
        defer { state = generator.state }
        return generator.next()
    }

    mutating func sentence() -> String {
        let count = Int(6 + random() % 11)
        let picked = (0..<count).map { _ in
            let place = Double(random() >> 11) / Double(1 << 53)
            var low = 0
            var high = cumulative.count - 1
            while low < high {
                let middle = (low + high) / 2
                if cumulative[middle] < place { low = middle + 1 } else { high = middle }
            }
            return words[low]
        }
        let text = picked.joined(separator: " ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    mutating func article(_ number: Int, size: Int = 4096) -> String {
        var text = "# Article \(number): \(sentence().dropLast())\n\n"
        var length = 0
        while length < size - 60 {
            let next = sentence() + (random() % 100 < 15 ? "\n\n" : " ")
            text += next
            length += next.utf8.count
        }
        return text
    }

    /// Writes `count` articles, 100 a folder, below `folder`.
    mutating func write(_ count: Int, to folder: URL) throws {
        for number in 0..<count {
            let place = folder.appending(path: String(number / 100))
            if number % 100 == 0 {
                try FileManager.default.createDirectory(
                    at: place,
                    withIntermediateDirectories: true
                )
            }
            try Data(article(number).utf8).write(to: place.appending(path: "a\(number).md"))
        }
    }
}
