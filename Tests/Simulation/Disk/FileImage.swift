/// The bytes of a file, in pages that copies share until one of them is written.
///
/// So a copy costs as much as there are pages, however large they are: of the image all replicas
/// begin with, of what a sync makes durable, of a backup.
public struct FileImage: Sendable {
    static let pageSize = 4096
    /// What a disk writes wholly or not at all.
    static let sectorSize = 512

    /// The bytes there are.
    public private(set) var count = 0
    private(set) var pages: [[UInt8]] = []

    private static let emptyPage = [UInt8](repeating: 0, count: pageSize)

    /// An empty file.
    public init() {}

    /// A file of these bytes.
    public init(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe write($0, at: 0) }
    }

    /// All bytes.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(pages.count * Self.pageSize)
        for page in pages { result += page }
        result.removeLast(result.count - count)
        return result
    }

    /// The pages that a range of bytes lies in.
    static func pageNumbers(of range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        return range.lowerBound / pageSize..<(range.upperBound - 1) / pageSize + 1
    }

    /// Makes the file as long as `count`; what is new is zero.
    mutating func resize(to count: Int) {
        let pageCount = (count + Self.pageSize - 1) / Self.pageSize
        if pageCount < pages.count { pages.removeLast(pages.count - pageCount) }
        while pages.count < pageCount { pages.append(Self.emptyPage) }
        let used = count - (pageCount - 1) * Self.pageSize
        if count < self.count, used < Self.pageSize, pageCount > 0 {
            for index in used..<Self.pageSize { pages[pageCount - 1][index] = 0 }
        }
        self.count = count
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        let end = offset + bytes.count
        if end > count { resize(to: end) }
        for number in Self.pageNumbers(of: offset..<end) {
            let start = number * Self.pageSize
            let from = max(start, offset)
            let to = min(start + Self.pageSize, end)
            unsafe pages[number].withUnsafeMutableBytes { page in
                let part = unsafe UnsafeRawBufferPointer(
                    rebasing: bytes[from - offset..<to - offset]
                )
                unsafe UnsafeMutableRawBufferPointer(rebasing: page[from - start..<to - start])
                    .copyMemory(from: part)
            }
        }
    }

    /// Fills `buffer` from `offset` on, as far as there is something; gives how many bytes came.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let end = min(count, offset + buffer.count)
        guard offset < end else { return 0 }
        for number in Self.pageNumbers(of: offset..<end) {
            let start = number * Self.pageSize
            let from = max(start, offset)
            let to = min(start + Self.pageSize, end)
            unsafe pages[number].withUnsafeBytes { page in
                let part = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[from - offset..<to - offset]
                )
                unsafe part.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: page[from - start..<to - start])
                )
            }
        }
        return end - offset
    }

    /// The page `number`, zeros past the end.
    func page(_ number: Int) -> [UInt8] {
        pages.indices.contains(number) ? pages[number] : Self.emptyPage
    }

    /// Puts a page in place of the one there is, if it lies in the file.
    mutating func setPage(_ number: Int, _ page: [UInt8]) {
        guard pages.indices.contains(number) else { return }
        pages[number] = page
    }
}

extension FileImage {
    /// Puts `bytes` in place of those from `offset` on.
    mutating func overwrite(_ bytes: [UInt8], at offset: Int) {
        unsafe bytes.withUnsafeBytes { unsafe write($0, at: offset) }
    }
}
