import ArticleFormats
import ArticleMerge
import ArticleModel
import CommandArguments
import ReplicaStore

/// `galley blame`.
enum BlameCommand: Command {
    static let description = CommandDescription(
        "blame",
        "show who wrote which words of an article",
        arguments: [ArgumentDescription("id", "the article")],
        options: [OptionDescription("block", value: "N", "only this paragraph, from 1")],
        examples: [CommandExample("galley blame k7qd --block 1", "of the first paragraph")]
    )

    /// A stretch of the body that one change wrote.
    private struct Run {
        let block: Int
        let change: ChangeID
        var text: String

        var isBlank: Bool { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
    }

    static func run(_ line: ParsedCommand, _ client: Client) throws -> ExitCode {
        let library = try OpenLibrary(client)
        let (summary, state) = try library.state(line.required("id"))
        let block = try line.integer("block", in: 1...1_000_000)
        let runs = self.runs(state).filter { block == nil || $0.block == block }
        var changes: [ChangeID: Change] = [:]
        for record in try library.replica.history(of: summary.id)
        where changes[record.change.id] == nil {
            changes[record.change.id] = record.change
        }
        if client.output.isText {
            show(runs, changes, state, library, client)
        } else {
            client.output.json([
                "schema": "galley.blame/1", "article": .string(summary.id.handle),
                "runs": .array(
                    runs.map { run in
                        let change = changes[run.change]
                        return [
                            "block": .integer(Int64(run.block)),
                            "user": .string(user(of: run, change, state, library)),
                            "device": .optional(change.map { library.name(of: $0.device) }),
                            "change": .string(run.change.description), "text": .string(run.text),
                        ]
                    }
                ),
            ])
        }
        return .done
    }

    /// The runs of the body, cut where paragraphs end; blanks go with the words before them, so
    /// that words somebody put in place of others are one run.
    private static func runs(_ state: ArticleState) -> [Run] {
        let scalars = state.body.text.scalars
        let blocks = BodyBlocks(state.body.text)
        var runs: [Run] = []
        func add(_ run: Run) {
            if let last = runs.last, last.block == run.block,
                run.isBlank || last.change == run.change
            {
                runs[runs.count - 1].text += run.text
            } else if !run.isBlank {
                runs.append(run)
            }
        }
        for part in state.body.attribution {
            var start = part.range.lowerBound
            func end(_ position: Int) {
                guard start < position else { return }
                let text = String(String.UnicodeScalarView(scalars[start..<position]))
                add(Run(block: blocks.number(at: start), change: part.change, text: text))
            }
            for position in part.range where scalars[position] == "\n" {
                end(position)
                start = position + 1
            }
            end(part.range.upperBound)
        }
        return runs
    }

    private static func user(
        of run: Run,
        _ change: Change?,
        _ state: ArticleState,
        _ library: OpenLibrary
    ) -> String {
        if run.change == state.seed { return "import" }
        return change.map { library.name(of: $0.author) } ?? "?"
    }

    private static func show(
        _ runs: [Run],
        _ changes: [ChangeID: Change],
        _ state: ArticleState,
        _ library: OpenLibrary,
        _ client: Client
    ) {
        var block = 0
        for run in runs {
            if run.block != block {
                if block > 0 { client.output.print() }
                client.output.print("¶\(run.block)")
                block = run.block
            }
            let change = changes[run.change]
            let user = user(of: run, change, state, library)
            let device = change.map { library.name(of: $0.device) } ?? ""
            let origin = user == "import" ? "import" : device
            client.output.paragraph(
                "\(TextWrapping.pad(origin, width: 14))  \(VisibleText.line(run.text))",
                indent: "  "
            )
        }
    }
}
