import TestSupport

/// A file of a simulated disk: what programs read of it, and what of that a crash would leave.
///
/// Never used again after a crash: what survives is put into a new one, so that who still holds the
/// old one cannot touch it.
final class DiskFile {
    /// What programs read.
    private(set) var current: FileImage
    /// What the last sync made sure of.
    private(set) var durable: FileImage
    /// The pages written since, each once.
    private var dirty: [Int] = []
    private var isDirty: [Bool] = []
    /// Whether a sync of it also makes its name durable, as SQLite does for what it just made.
    var syncsFolder = false
    /// The locks that connections hold.
    var locks = FileLocks()
    /// The memory connections share; made by the first that asks for it.
    var sharedMemory: SharedMemory?

    init(_ image: FileImage = FileImage()) {
        current = image
        durable = image
    }

    /// A new file, of which nothing is durable yet.
    static func made() -> DiskFile { DiskFile() }

    private func touch(_ range: Range<Int>) {
        let pages = FileImage.pageNumbers(of: range)
        guard let last = pages.last else { return }
        while isDirty.count <= last { isDirty.append(false) }
        for page in pages where !isDirty[page] {
            isDirty[page] = true
            dirty.append(page)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        // A gap before it becomes zeros, which are written as well.
        touch(min(offset, current.count)..<offset + bytes.count)
        unsafe current.write(bytes, at: offset)
    }

    func truncate(to count: Int) {
        touch(min(count, current.count)..<max(count, current.count))
        current.resize(to: count)
    }

    /// Makes durable all that was written.
    func sync() {
        durable.resize(to: current.count)
        for page in dirty {
            durable.setPage(page, current.page(page))
            isDirty[page] = false
        }
        dirty.removeAll(keepingCapacity: true)
    }

    var hasUnsynced: Bool { !dirty.isEmpty || current.count != durable.count }

    /// What is left of the file after a crash: all that was synced, and of what was not some
    /// sectors.
    func survivor(_ random: inout SeededRandom, _ events: inout DiskEvents) -> FileImage {
        guard hasUnsynced else { return durable }
        var image = durable
        // All, nothing, or each sector by chance.
        let keptOf4 = [0, 4, 1, 2, 3, 2][random.below(6)]
        if current.count != durable.count, random.below(4) < keptOf4 {
            image.resize(to: current.count)
        }
        for number in dirty.sorted() {
            var page = durable.page(number)
            let newer = current.page(number)
            for start in stride(from: 0, to: FileImage.pageSize, by: FileImage.sectorSize) {
                let sector = start..<start + FileImage.sectorSize
                guard page[sector] != newer[sector] else { continue }
                if random.below(4) < keptOf4 {
                    page.replaceSubrange(sector, with: newer[sector])
                    events.keptSectors += 1
                } else {
                    events.lostSectors += 1
                }
            }
            image.setPage(number, page)
        }
        // What a page holds past the end of the file does not exist.
        let count = image.count
        image.resize(to: count + 1)
        image.resize(to: count)
        return image
    }
}

/// Who holds which of SQLite's locks on a file.
struct FileLocks {
    enum Level: Int, Comparable {
        case none, shared, reserved, pending, exclusive

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    private var held: [(holder: ObjectIdentifier, level: Level)] = []

    func level(of holder: ObjectIdentifier) -> Level {
        held.first { $0.holder == holder }?.level ?? .none
    }

    private func highestOther(than holder: ObjectIdentifier) -> Level {
        held.lazy.filter { $0.holder != holder }.map(\.level).max() ?? .none
    }

    mutating func set(_ level: Level, for holder: ObjectIdentifier) {
        held.removeAll { $0.holder == holder }
        if level != .none { held.append((holder, level)) }
    }

    /// Raises the lock of `holder`; false where another's stands against it.
    mutating func raise(to level: Level, for holder: ObjectIdentifier) -> Bool {
        guard level > self.level(of: holder) else { return true }
        let others = highestOther(than: holder)
        switch level {
        case .none: return true
        case .shared:
            guard others < .pending else { return false }
        case .reserved:
            guard others < .reserved else { return false }
        case .pending, .exclusive:
            guard others < .reserved else { return false }
            set(.pending, for: holder)
            guard others < .shared else { return false }
        }
        set(level, for: holder)
        return true
    }

    var isReserved: Bool { held.contains { $0.level >= .reserved } }
}
