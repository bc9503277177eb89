import ArticleMerge
import ArticleModel
import CBOR

extension ArticleState {
    /// The state in deterministic CBOR: equal states have equal bytes.
    func encoded() -> [UInt8] {
        var writer = StateWriter()
        writer.array(11)
        writer.change(seed)
        writer.provenance(provenance)
        writer.list(heads) { $0.change($1) }
        writer.list(fields) { writer, field in
            writer.array(2)
            writer.field(field.field)
            writer.register(field.register) { $0.value($1) }
        }
        writer.tagSet(tags)
        writer.textState(summary)
        writer.textState(body)
        writer.list(notes.notes) { $0.note($1) }
        writer.list(deletions) { $0.change($1) }
        writer.flag(isDeleted)
        writer.list(faults) { $0.faulty($1) }
        return writer.finish(article: article)
    }

    /// Reads what ``encoded()`` wrote.
    init(decoding bytes: [UInt8]) throws {
        var reader = try StateReader(bytes)
        try reader.array(11)
        self.init(
            seed: try reader.change(),
            provenance: try reader.provenance(),
            heads: try reader.list { try $0.change() },
            fields: try reader.list { reader in
                try reader.array(2)
                return FieldRegister(
                    field: try reader.field(),
                    register: try reader.register { try $0.value() }
                )
            },
            tags: try reader.tagSet(),
            summary: try reader.textState(),
            body: try reader.textState(),
            notes: NoteSet(notes: try reader.list { try $0.note() }),
            deletions: try reader.list { try $0.change() },
            isDeleted: try reader.flag(),
            faults: try reader.list { try $0.faulty() }
        )
        try reader.finish()
        guard article == reader.article else { throw StateReader.damage("article") }
    }
}

extension StateWriter {
    fileprivate mutating func provenance(_ provenance: Provenance?) {
        guard let provenance else { return null() }
        array(6)
        bytes(provenance.source.bytes)
        number(provenance.range.lowerBound)
        number(provenance.range.upperBound)
        text(provenance.parser)
        list(provenance.warnings) { $0.text($1) }
        list(provenance.dropped) { $0.text($1) }
    }

    /// The text and, in merged order, the runs of its characters, deleted ones included.
    mutating func textState(_ state: TextState) {
        array(2)
        text(state.text)
        let runs = state.runs
        array(runs.count * 4)
        for run in runs {
            change(run.change)
            number(run.offset)
            number(run.count)
            if run.isAlive == run.isVisible {
                flag(run.isVisible)
            } else {
                number(run.isAlive ? StateCoding.hiddenByVoid : StateCoding.keptFromVoid)
            }
        }
    }

    fileprivate mutating func faulty(_ faulty: FaultyChange) {
        array(3)
        change(faulty.change)
        number(faulty.fault.code.rawValue)
        if let operation = faulty.fault.operation { number(operation) } else { null() }
    }
}

extension StateReader {
    fileprivate mutating func provenance() throws -> Provenance? {
        if try takeNull() { return nil }
        try array(6)
        let source = try identifier(Identifier32<SourceTag>.init)
        let lower = try number()
        let upper = try number()
        guard lower <= upper else { throw Self.damage("provenance") }
        return Provenance(
            source: source,
            range: lower..<upper,
            parser: try text(),
            warnings: try list { try $0.text() },
            dropped: try list { try $0.text() }
        )
    }

    mutating func textState() throws -> TextState {
        try array(2)
        let text = try text()
        let count = try arrayCount()
        var runs: [ItemRun] = []
        runs.reserveCapacity(count / 4)
        for _ in 0..<count / 4 {
            let change = try change()
            let offset = try number32()
            let length = try number32()
            let (isVisible, isAlive) = try visibility()
            runs.append(
                ItemRun(
                    change: change,
                    offset: offset,
                    count: length,
                    isVisible: isVisible,
                    isAlive: isAlive
                )
            )
        }
        guard count % 4 == 0, let state = TextState(text: text, runs: runs) else {
            throw Self.damage("text")
        }
        return state
    }

    private mutating func visibility() throws -> (isVisible: Bool, isAlive: Bool) {
        guard try kind() == .unsigned else {
            let isVisible = try flag()
            return (isVisible, isVisible)
        }
        switch try number8() {
        case StateCoding.hiddenByVoid: return (false, true)
        case StateCoding.keptFromVoid: return (true, false)
        default: throw Self.damage("visibility")
        }
    }

    fileprivate mutating func faulty() throws -> FaultyChange {
        try array(3)
        return FaultyChange(
            change: try change(),
            fault: Fault(
                try raw(Fault.Code.self),
                operation: try takeNull() ? nil : try number32()
            )
        )
    }
}
