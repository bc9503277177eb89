/// Figures taken once, on one machine of two shared cores: CPU milliseconds, or bytes for sizes.
///
/// diamond-types (built from its sources of 2025, measured natively; no package index has it) is
/// never run here. Its times are scaled by an engine that was measured there and is measured here.
/// Loro 1.17.1, Yrs by pycrdt 0.14.13. Its time of opening is that of building its rope from the
/// bare text, its time of one update at a time leaves decoding out.
struct RecordedFigures {
    let loro: Double
    let yrs: Double
    let diamondTypes: Double?

    init(_ loro: Double, _ yrs: Double, _ diamondTypes: Double? = nil) {
        self.loro = loro
        self.yrs = yrs
        self.diamondTypes = diamondTypes
    }

    subscript(engine: Engine) -> Double? {
        switch engine {
        case .ours: nil
        case .loro: loro
        case .yrs: yrs
        case .diamondTypes: diamondTypes
        }
    }

    static func of(_ task: String, _ trace: String) -> RecordedFigures? { all[task]?[trace] }

    private static let all: [String: [String: RecordedFigures]] = [
        "load": [
            "automerge-paper": .init(10.8, 4.7, 1.67), "seph-blog1": .init(20.0, 6.5, 2.54),
            "rustcode": .init(16.3, 3.5, 2.23), "sveltecomponent": .init(9.3, 1.6, 0.78),
            "json-crdt-blog-post": .init(2.53, 1.35, 0.417),
            "json-crdt-patch": .init(4.67, 1.76, 0.722),
            "friendsforever_flat": .init(3.37, 1.69, 0.656),
            "friendsforever": .init(25.4, 1.0, 3.5), "clownschool": .init(33.3, 0.8, 4.4),
            "C1": .init(774, 22, 99), "C2": .init(986, 15, 153),
            "node_nodecc": .init(258, 21, 14.8), "git-makefile": .init(119, 11, 20.5),
            "A2": .init(282, 23, 41), "offline8": .init(3.3, 0.6, 0.77),
        ],
        "live": [
            "friendsforever": .init(1_462, 63, 154), "clownschool": .init(1_179, 53, 144),
            "C1": .init(85_998, 285, 940), "C2": .init(209_424, 346, 1_237),
            "offline8": .init(3_167, 5.9, 431), "node_nodecc": .init(860, 79, 100),
            "git-makefile": .init(94_749, 22, 10_066), "A2": .init(328_695, 44, 18_451),
        ],
        "type": [
            "automerge-paper": .init(143, 5_873, 7.2), "seph-blog1": .init(75, 4_668, 5.7),
            "rustcode": .init(32, 968, 2.1), "sveltecomponent": .init(18, 234, 0.9),
            "json-crdt-blog-post": .init(11.0, 165, 1.03),
            "json-crdt-patch": .init(12.2, 198, 1.17),
            "friendsforever_flat": .init(15.4, 253, 1.35),
        ],
        "open": [
            "automerge-paper": .init(0.55, 4.7, 0.027), "seph-blog1": .init(0.52, 6.8, 0.017),
            "friendsforever": .init(0.47, 0.9, 0.0097), "clownschool": .init(0.51, 0.76, 0.0099),
            "node_nodecc": .init(0.60, 20, 0.0113), "git-makefile": .init(0.49, 11.1, 0.0497),
            "A2": .init(4.2, 23, 0.059), "C1": .init(1.6, 23, 0.133),
            "C2": .init(1.65, 14.8, 0.143),
            "offline8": .init(0.50, 0.66, 0.0082),
        ],
        "size": [
            "automerge-paper": .init(251_465, 223_411, 106_247),
            "seph-blog1": .init(345_364, 217_670, 157_793),
            "rustcode": .init(626_671, 168_504, 179_526),
            "sveltecomponent": .init(145_086, 62_100, 41_661),
            "json-crdt-blog-post": .init(55_938, 54_682, 25_231),
            "json-crdt-patch": .init(112_897, 89_202, 35_306),
            "friendsforever_flat": .init(42_892, 53_217, 27_724),
            "friendsforever": .init(70_717, 38_742, 35_706),
            "clownschool": .init(71_961, 32_910, 43_579),
            "C1": .init(1_314_565, 1_099_365, 471_947),
            "C2": .init(1_459_447, 905_858, 679_276),
            "node_nodecc": .init(1_146_958, 529_404, 333_876),
            "git-makefile": .init(435_729, 309_633, 160_559),
            "A2": .init(839_275, 629_261, 317_570),
            "offline8": .init(52_515, 38_990, 25_236),
        ],
    ]
}
