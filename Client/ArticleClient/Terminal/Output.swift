public import ArticleFormats
public import Files

/// Where a command's data and messages go.
///
/// Data goes to standard output, messages to standard error; with `--json` the data is one
/// document on one line and the messages are left out.
public final class Output {
    /// How data is printed.
    public enum Form: Sendable {
        /// For people.
        case text
        /// One JSON document.
        case json
        /// A JSON document a line.
        case ndjson
    }

    /// How data is printed.
    public var form = Form.text
    /// Whether messages that are no errors are left out.
    public var isQuiet = false
    /// The columns of the terminal that data goes to; nil where it goes elsewhere.
    public let columns: Int?
    /// Why data was lost on its way; nil where none was, or nobody read it any more.
    public private(set) var failure: FileError?
    /// Whether words stand out by colour.
    public var isColoured = false
    private var writeData: ([UInt8]) throws(FileError) -> Void
    private let writeMessage: (String) -> Void
    private var buffer: [UInt8] = []
    /// Whether nobody reads the data any more.
    private var isClosed = false
    /// Starts the pager when there is something to show; nil without one.
    private var startPager: (() throws(FileError) -> ChildInput)?
    private var pager: ChildInput?
    /// Messages that wait for the pager's end.
    private var delayed: [String] = []

    /// Writes data and messages by functions.
    public init(
        columns: Int?,
        data: @escaping ([UInt8]) throws(FileError) -> Void,
        messages: @escaping (String) -> Void
    ) {
        self.columns = columns
        writeData = data
        writeMessage = messages
    }

    /// Writes to the program's own streams.
    public static func standard(columns: Int?) -> Output {
        Output(
            columns: columns,
            data: { (bytes) throws(FileError) in try StandardStreams.write(bytes, to: .output) },
            // What cannot be said to anybody is dropped.
            messages: { try? StandardStreams.write(Array($0.utf8), to: .error) }
        )
    }

    /// Whether nobody reads the data any more, so that there is no use in finding more.
    public var isAbandoned: Bool { isClosed }

    /// Whether people read the data as text.
    public var isText: Bool { form == .text }

    /// Prints lines of data; control characters are made visible.
    public func print(_ text: String = "") {
        write(Array((VisibleText.lines(text) + "\n").utf8))
    }

    /// Prints a paragraph of data in lines that fit the terminal.
    public func paragraph(_ text: String, indent: String = "") {
        let visible = VisibleText.lines(text)
        guard let columns else {
            let lines = visible.split(separator: "\n", omittingEmptySubsequences: false)
            return print(indent + lines.joined(separator: "\n" + indent))
        }
        let width = min(columns, 100)
        let wrapped = TextWrapping.wrap(visible, width: width - indent.utf8.count)
        let lines = wrapped.split(separator: "\n", omittingEmptySubsequences: false)
        print(indent + lines.joined(separator: "\n" + indent))
    }

    /// Prints words that stand out here and there, on lines of their own.
    public func print(_ text: StyledText) {
        write(Array((text.rendered(isColoured: isColoured) + "\n").utf8))
    }

    /// Prints words that stand out, in lines that fit the terminal; all but the first begin with
    /// `indent`.
    public func paragraph(_ text: StyledText, indent: String = "") {
        guard let columns else { return print(text) }
        for line in text.wrapped(to: min(columns, 100), indent: indent) { print(line) }
    }

    /// Prints a document of data.
    public func json(_ value: JSONValue) {
        write(JSONWriter.bytes(value) + [0x0A])
    }

    /// Prints bytes as they are; made visible where a terminal shows them.
    public func raw(_ bytes: [UInt8]) {
        guard columns != nil else { return write(bytes) }
        write(Array(VisibleText.lines(String(decoding: bytes, as: UTF8.self)).utf8))
    }

    /// Says something beside the data.
    public func message(_ text: String) {
        guard !isQuiet, isText else { return }
        warning(text)
    }

    /// Says something that must not be left out.
    public func warning(_ text: String) {
        // Into what a pager shows a message would be mixed: it waits for the pager's end.
        guard startPager == nil, pager == nil else { return delayed.append(text) }
        flush()
        writeMessage(VisibleText.lines(text) + "\n")
    }

    /// Says what could be done next.
    public func hint(_ text: String) { message("hint: \(text)") }

    /// Shows data from here on by a pager, started when there is something to show.
    public func page(by start: @escaping () throws(FileError) -> ChildInput) {
        startPager = start
    }

    /// Writes what is kept back and waits until it was read.
    public func finish() {
        flush()
        pager?.finish()
        pager = nil
        startPager = nil
        for text in delayed { writeMessage(VisibleText.lines(text) + "\n") }
        delayed = []
    }

    /// Writes what is kept back.
    public func flush() {
        guard !buffer.isEmpty else { return }
        let bytes = buffer
        buffer = []
        guard !isClosed else { return }
        do throws(FileError) {
            if let startPager {
                self.startPager = nil
                // Without a pager the data goes to the terminal itself.
                if let pager = try? startPager() {
                    self.pager = pager
                    writeData = { (bytes) throws(FileError) in try pager.write(bytes) }
                }
            }
            try writeData(bytes)
        } catch {
            isClosed = true
            // A reader that has seen enough is gone, which is no failure of ours.
            if error.code != .brokenPipe { failure = error }
        }
    }

    private func write(_ bytes: [UInt8]) {
        buffer += bytes
        if buffer.count >= 64 * 1024 { flush() }
    }
}
