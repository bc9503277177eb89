// swift-tools-version: 6.2
import PackageDescription

/// Settings every Swift target shares, so that a new target cannot forget one.
let common: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func wrapped(_ name: String, package: String?, debian: String?) -> Target {
    .systemLibrary(
        name: name,
        path: "Sources/\(name)",
        pkgConfig: package,
        providers: debian.map { [.apt([$0])] }
    )
}

func library(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    path: String? = nil,
    exclude: [String] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: path ?? "Sources/\(name)",
        exclude: exclude,
        swiftSettings: common
    )
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: common)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: dependencies + ["TestSupport"],
        path: "Tests/\(name)Tests",
        swiftSettings: common
    )
}

let package = Package(
    name: "galley",
    products: [
        .executable(name: "galley", targets: ["galley"]),
        .executable(name: "galleyd", targets: ["galleyd"]),
    ],
    targets: [
        // C libraries, each behind one header.
        wrapped("CSQLite", package: "sqlite3", debian: "libsqlite3-dev"),
        wrapped("COpenSSL", package: "openssl", debian: "libssl-dev"),
        wrapped("CZstd", package: "libzstd", debian: "libzstd-dev"),
        wrapped("CUtf8proc", package: nil, debian: "libutf8proc-dev"),
        wrapped("CLinux", package: nil, debian: nil),

        // Tools that know nothing of articles.
        library("CBOR"),
        library("Signing", ["COpenSSL"]),
        library("SQLite", ["CSQLite"]),
        library("Sockets", ["COpenSSL", "CLinux", "Signing"]),
        library("Compression", ["CZstd"]),
        library("Diagnostics"),
        library("Files"),
        library("CommandArguments"),

        // The domain, pure: no clock, no file, no random source of its own.
        library("ArticleModel"),
        library("ArticleMerge", ["ArticleModel", "Compression"]),
        library("Membership", ["ArticleModel", "CBOR", "Signing"]),
        library("ArticleFormats", ["ArticleModel", "ArticleMerge", "CUtf8proc"]),
        library(
            "SyncProtocol",
            ["ArticleModel", "Membership", "CBOR", "Compression", "Signing"],
            path: "Protocol",
            exclude: ["SPEC.md", "vectors"]
        ),

        // The domain on disk, and the engine that joins it to the protocol.
        library(
            "ReplicaStore",
            [
                "ArticleModel", "ArticleMerge", "Membership", "CBOR", "Signing", "SQLite",
                "Compression",
            ]
        ),
        library(
            "Backup",
            ["ArticleModel", "ReplicaStore", "CBOR", "Signing", "Compression", "Files"]
        ),
        library(
            "SyncEngine",
            [
                "ArticleModel", "Membership", "SyncProtocol", "ReplicaStore", "Signing",
                "Diagnostics",
            ]
        ),

        // The two sides.
        library(
            "SyncServer",
            [
                "ArticleModel", "Membership", "SyncProtocol", "ReplicaStore", "SyncEngine",
                "Backup", "Sockets", "Signing", "Diagnostics", "Files",
            ],
            path: "Server/SyncServer"
        ),
        library(
            "ArticleClient",
            [
                "ArticleModel", "ArticleMerge", "ArticleFormats", "Membership", "SyncProtocol",
                "ReplicaStore", "SyncEngine", "Backup", "CBOR", "Sockets", "Signing",
                "Diagnostics", "Files", "CommandArguments",
            ],
            path: "Client/ArticleClient"
        ),

        // The programs: arguments, signals, exit codes.
        program(
            "galleyd",
            [
                "SyncServer", "Backup", "ArticleModel", "ArticleFormats", "Signing", "Sockets",
                "CommandArguments", "Diagnostics", "Files",
            ],
            path: "Server/galleyd"
        ),
        program(
            "galley",
            ["ArticleClient", "CommandArguments", "Diagnostics", "Files"],
            path: "Client/galley"
        ),

        // Measurements; they may use all of Foundation.
        library(
            "EditingTraces",
            ["ArticleModel", "ArticleMerge", "TestSupport"],
            path: "Benchmarks/Traces"
        ),
        .executableTarget(
            name: "galley-bench",
            dependencies: [
                "EditingTraces", "ArticleModel", "ArticleMerge", "Membership", "ReplicaStore",
                "Signing", "SQLite", "Sockets", "SyncEngine", "SyncProtocol", "SyncServer",
            ],
            path: "Benchmarks/galley-bench",
            swiftSettings: [.treatAllWarnings(as: .error)]
        ),

        // Tests.
        library("TestSupport", path: "Tests/TestSupport"),
        // A whole world in memory, from one seed: hub, clients, their disks and network.
        library(
            "Simulation",
            [
                "ArticleModel", "ArticleMerge", "Membership", "SyncProtocol", "ReplicaStore",
                "SyncEngine", "SQLite", "Signing", "CBOR", "CSQLite", "TestSupport",
            ],
            path: "Tests/Simulation"
        ),
        program(
            "galley-simulate",
            ["Simulation", "Signing", "TestSupport"],
            path: "Tests/SimulationProgram"
        ),
        tests(
            "Simulation",
            [
                "Simulation", "galley-simulate", "ArticleModel", "ReplicaStore", "SyncEngine",
                "SQLite", "Signing", "Membership",
            ]
        ),
        library(
            "Fuzzing",
            [
                "SyncProtocol", "Membership", "ArticleModel", "CBOR", "Compression", "Signing",
                "Sockets", "TestSupport",
            ],
            path: "Tests/Fuzzing",
            exclude: ["corpus", "fuzz", "galley-fuzz"]
        ),
        tests("Fuzzing", ["Fuzzing"]),
        tests(
            "RecordedSession",
            [
                "SyncEngine", "SyncProtocol", "ReplicaStore", "Membership", "ArticleModel",
                "Signing",
            ]
        ),
        tests("CBOR", ["CBOR"]),
        tests("Signing", ["Signing"]),
        tests("SQLite", ["SQLite"]),
        tests("Sockets", ["Sockets", "Signing", "COpenSSL"]),
        tests("Compression", ["Compression"]),
        tests("Diagnostics", ["Diagnostics"]),
        tests("Files", ["Files"]),
        tests("CommandArguments", ["CommandArguments"]),
        tests("ArticleModel", ["ArticleModel"]),
        tests("ArticleMerge", ["ArticleMerge", "ArticleModel", "EditingTraces"]),
        tests("Membership", ["Membership", "ArticleModel", "CBOR", "Signing"]),
        tests("ArticleFormats", ["ArticleFormats", "ArticleModel", "ArticleMerge"]),
        tests(
            "SyncProtocol",
            ["SyncProtocol", "Membership", "ArticleModel", "CBOR", "Signing", "Compression"]
        ),
        tests(
            "ReplicaStore",
            [
                "ReplicaStore", "ArticleModel", "ArticleMerge", "Membership", "CBOR", "Signing",
                "SQLite",
            ]
        ),
        tests(
            "Backup",
            ["Backup", "ReplicaStore", "Membership", "ArticleModel", "Signing", "Files"]
        ),
        tests(
            "SyncEngine",
            [
                "SyncEngine", "SQLite", "SyncProtocol", "ReplicaStore", "Membership",
                "ArticleModel",
                "ArticleMerge", "Signing", "CBOR", "CLinux",
            ]
        ),
        tests(
            "SyncServer",
            [
                "SyncServer", "SyncEngine", "SyncProtocol", "ReplicaStore", "Membership",
                "ArticleModel", "Sockets", "Signing", "Diagnostics", "Files",
            ]
        ),
        tests(
            "ArticleClient",
            [
                "ArticleClient", "SyncServer", "ReplicaStore", "Membership", "ArticleModel",
                "ArticleFormats", "Signing", "CommandArguments", "CBOR",
            ]
        ),
        tests(
            "Programs",
            [
                "galley", "galleyd", "ArticleClient", "ReplicaStore", "Membership",
                "ArticleFormats", "ArticleModel", "SQLite", "Sockets", "Signing",
            ]
        ),
        tests("EditingTraces", ["EditingTraces"]),
        tests("Layering", []),
    ],
    swiftLanguageModes: [.v6]
)

// Linked to libFuzzer, which is there only under -sanitize=fuzzer: see Tests/Fuzzing/fuzz.
if Context.environment["GALLEY_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "galley-fuzz",
            dependencies: ["Fuzzing"],
            path: "Tests/Fuzzing/galley-fuzz"
        )
    )
}
