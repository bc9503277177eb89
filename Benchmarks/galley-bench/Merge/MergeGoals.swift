/// What a figure has to come to.
enum Demand {
    /// The rival's figure is at least so many times ours.
    case times(Double, Engine)
    /// Ours is at most this, in the unit of the table.
    case atMost(Double)
    /// Ours is at most this for each byte of the text.
    case atMostPerByte(Double)
}

/// One measurement of a table: a task on a trace, what must be reached, and what is aimed at.
struct GoalRow {
    let trace: String
    let floor: [Demand]
    let aim: [Demand]

    init(_ trace: String, floor: [Demand], aim: [Demand]) {
        self.trace = trace
        self.floor = floor
        self.aim = aim
    }
}

/// Two tasks of our own, of which the greater may take only so many times the lesser's time.
struct GrowthLimit {
    let words: String
    let lesser: String
    let greater: String
    let limit: Double
    let isFloor: Bool
    let traces: [String]
}

/// The goals of merging, from M1 to M8; traces that are not there are left out.
struct MergeGoal {
    let name: String
    let title: String
    let unit: FigureUnit
    let task: String
    /// The traces that the goal was set on; the others are held against the same measure.
    let named: Set<String>
    var growth: GrowthLimit?
    let rows: [GoalRow]

    /// Every trace, in the order of the tables.
    static var traces: [String] { sequential + branches + together }

    static let all: [MergeGoal] = [
        MergeGoal(
            name: "M1",
            title: "a whole sequential history to its text, decoding included",
            unit: .milliseconds,
            task: "load",
            named: ["automerge-paper", "rustcode"],
            rows: sequential.map { trace in
                // Text deleted in great blocks costs Yrs nothing: it keeps none of it.
                let half = trace == "rustcode" ? 0.5 : 1
                return GoalRow(
                    trace,
                    floor: [.times(2.5 * half, .yrs), .times(6, .loro)],
                    aim: [.times(8 * half, .yrs), .times(20, .loro)]
                )
            }
        ),
        MergeGoal(
            name: "M2",
            title: "typing, each key; as many calls that do nothing are taken off",
            unit: .nanosecondsPerKey,
            task: "type",
            named: ["automerge-paper"],
            rows: sequential.map { trace in
                GoalRow(
                    trace,
                    floor: [.times(8, .loro)],
                    aim: [.times(15, .loro), .times(500, .yrs), .atMost(40)]
                )
            }
        ),
        MergeGoal(
            name: "M3",
            title: "opening a saved article until its text is ready",
            unit: .microseconds,
            task: "open",
            named: ["automerge-paper"],
            growth: GrowthLimit(
                words: "flat, the text written ten times over: once, ten times",
                lesser: "open",
                greater: "open-rewritten",
                limit: 1.1,
                isFloor: false,
                traces: ["automerge-paper", "rustcode"]
            ),
            rows: traces.map { trace in
                GoalRow(
                    trace,
                    floor: [.times(5, .loro)],
                    aim: [.times(10, .loro), .times(80, .yrs)]
                )
            }
        ),
        MergeGoal(
            name: "M4",
            title: "branches written offline, merged in one go, decoding included",
            unit: .milliseconds,
            task: "load",
            named: ["node_nodecc"],
            rows: branches.map { trace in
                GoalRow(
                    trace,
                    floor: [.times(8, .loro), .times(1, .diamondTypes)],
                    aim: [.times(trace == "node_nodecc" ? 1 / 0.6 : 1, .yrs), .times(12, .loro)]
                )
            }
        ),
        MergeGoal(
            name: "M5",
            title: "two typing at once, merged in one go, decoding included",
            unit: .milliseconds,
            task: "load",
            named: ["C1", "C2"],
            rows: together.map { trace in
                let slower = ["C2", "clownschool"].contains(trace) ? 5 : 2.5
                return GoalRow(
                    trace,
                    floor: [.times(6, .loro)],
                    aim: [.times(1 / slower, .yrs), .times(14, .loro), .times(2, .diamondTypes)]
                )
            }
        ),
        MergeGoal(
            name: "M6",
            title: "one update at a time, decoding included",
            unit: .milliseconds,
            task: "live",
            named: ["offline8", "A2"],
            growth: GrowthLimit(
                words: "growth, half of the updates and all",
                lesser: "live-half",
                greater: "live",
                limit: 2.3,
                isFloor: true,
                traces: branches + together
            ),
            rows: (branches + together).map { trace in
                let floor: [Demand] =
                    switch trace {
                    case "offline8": [.times(20, .loro)]
                    case "A2": [.atMost(1_000)]
                    default: []
                    }
                return GoalRow(trace, floor: floor, aim: [.times(0.5, .yrs)])
            }
        ),
        MergeGoal(
            name: "M7",
            title: "size of the whole history; ours, Loro's and diamond-types' with deleted text",
            unit: .bytes,
            task: "size",
            named: ["automerge-paper"],
            rows: traces.map { trace in
                GoalRow(
                    trace,
                    floor: [.times(2, .yrs)],
                    aim: [.times(1 / 0.4, .yrs), .times(1 / 0.36, .loro)]
                        + (together.contains(trace) ? [] : [.times(1 / 0.9, .diamondTypes)])
                        + (trace == "automerge-paper" ? [.atMost(90_000)] : [])
                )
            }
        ),
        MergeGoal(
            name: "M8",
            title: "memory of an open article after one edit, by growth of a fresh process",
            unit: .kilobytes,
            task: "memory",
            named: ["automerge-paper"],
            rows: traces.map { trace in
                GoalRow(trace, floor: [.times(1, .loro)], aim: [.atMostPerByte(4)])
            }
        ),
    ]

    static let sequential = [
        "automerge-paper", "rustcode", "sveltecomponent", "json-crdt-blog-post", "json-crdt-patch",
        "friendsforever_flat", "seph-blog1",
    ]
    static let branches = ["node_nodecc", "offline8", "git-makefile", "A2"]
    static let together = ["friendsforever", "C1", "clownschool", "C2"]
}

/// What a table counts in.
enum FigureUnit: String {
    case milliseconds = "ms"
    case microseconds = "µs"
    case nanosecondsPerKey = "ns a key"
    case bytes = "bytes"
    case kilobytes = "kB"
}
