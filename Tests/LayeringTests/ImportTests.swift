import Foundation
import Testing

/// Every source file imports only what its layer may import, and only the wrappers of C libraries
/// and the hot data structures of the merge say `unsafe`.
///
/// The order of ``layers`` is the order of the layers: a folder may import the modules before it,
/// never those after it.
@Suite struct ImportTests {
    struct Layer: Sendable, CustomTestStringConvertible {
        let module: String
        let folder: String
        var mayBeUnsafe = false
        var testDescription: String { module }
    }

    static let wrapped = ["CSQLite", "COpenSSL", "CZstd", "CUtf8proc", "CLinux"]

    /// The C libraries each wrapper wraps; no other folder may import one.
    static let wrappers = [
        "SQLite": ["CSQLite"], "Signing": ["COpenSSL"], "Compression": ["CZstd"],
        "Sockets": ["COpenSSL", "CLinux"], "ArticleFormats": ["CUtf8proc"],
    ]

    static let layers: [Layer] = [
        Layer(module: "CBOR", folder: "Sources/CBOR"),
        Layer(module: "Signing", folder: "Sources/Signing", mayBeUnsafe: true),
        Layer(module: "SQLite", folder: "Sources/SQLite", mayBeUnsafe: true),
        Layer(module: "Sockets", folder: "Sources/Sockets", mayBeUnsafe: true),
        Layer(module: "Compression", folder: "Sources/Compression", mayBeUnsafe: true),
        Layer(module: "Diagnostics", folder: "Sources/Diagnostics", mayBeUnsafe: true),
        Layer(module: "Files", folder: "Sources/Files", mayBeUnsafe: true),
        Layer(module: "CommandArguments", folder: "Sources/CommandArguments"),
        Layer(module: "ArticleModel", folder: "Sources/ArticleModel"),
        Layer(module: "ArticleMerge", folder: "Sources/ArticleMerge", mayBeUnsafe: true),
        Layer(module: "Membership", folder: "Sources/Membership"),
        Layer(module: "ArticleFormats", folder: "Sources/ArticleFormats"),
        Layer(module: "SyncProtocol", folder: "Protocol"),
        Layer(module: "ReplicaStore", folder: "Sources/ReplicaStore"),
        Layer(module: "Backup", folder: "Sources/Backup"),
        Layer(module: "SyncEngine", folder: "Sources/SyncEngine"),
        Layer(module: "SyncServer", folder: "Server/SyncServer"),
        Layer(module: "ArticleClient", folder: "Client/ArticleClient"),
        Layer(module: "galleyd", folder: "Server/galleyd"),
        Layer(module: "galley", folder: "Client/galley"),
    ]

    /// The domain: it reads no clock, no file, no random source and no socket.
    static let pure: Set<String> = [
        "CBOR", "CommandArguments", "ArticleModel", "ArticleMerge", "Membership", "ArticleFormats",
        "SyncProtocol",
    ]
    /// What a module that talks to the system may import beside our own.
    static let platform: Set<String> = ["Glibc", "Synchronization", "Dispatch"]

    /// The pure modules that may not meet even a wrapper which does input and output.
    static let doesInputAndOutput: Set<String> = ["SQLite", "Sockets", "Files"]

    @Test(arguments: layers.indices)
    func importsOnlyLowerLayers(index: Int) throws {
        let layer = Self.layers[index]
        var allowed = Set(Self.layers[..<index].map(\.module))
        allowed.formUnion(Self.wrappers[layer.module] ?? [])
        if Self.pure.contains(layer.module) {
            allowed.subtract(Self.doesInputAndOutput)
            allowed.insert("Synchronization")
        } else {
            allowed.formUnion(Self.platform)
        }
        for line in try SourceLine.all(under: layer.folder) {
            guard let module = line.importedModule else { continue }
            #expect(allowed.contains(module), "\(line.file): \(line.text)")
        }
    }

    @Test(arguments: layers.filter { !$0.mayBeUnsafe })
    func saysUnsafeNowhere(layer: Layer) throws {
        for line in try SourceLine.all(under: layer.folder) where line.isCode {
            if layer.module == "ArticleFormats", line.file.hasSuffix("UnicodeForms.swift") {
                continue
            }
            #expect(!line.words.contains("unsafe"), "\(line.file): \(line.text)")
        }
    }

    /// The simulator's disk is SQLite's to call; the rest of it is as safe as the domain.
    @Test func theSimulatorSaysUnsafeInItsDiskOnly() throws {
        for line in try SourceLine.all(under: "Tests/Simulation") where line.isCode {
            if line.file.hasPrefix("Disk/") { continue }
            #expect(!line.words.contains("unsafe"), "\(line.file): \(line.text)")
        }
        for line in try SourceLine.all(under: "Tests/SimulationProgram") where line.isCode {
            #expect(!line.words.contains("unsafe"), "\(line.file): \(line.text)")
        }
    }

    /// Signatures that anybody can make are for simulations alone.
    @Test func noProgramNamesTheStandInForSignatures() throws {
        for top in ["Sources", "Protocol", "Server", "Client"] {
            for line in try SourceLine.all(under: top) where line.isCode {
                if top == "Sources", line.file.hasPrefix("Signing/") { continue }
                #expect(!line.words.contains("StandInSignatures"), "\(line.file): \(line.text)")
            }
        }
    }

    @Test func everySourceFileBelongsToALayer() throws {
        for top in ["Sources", "Protocol", "Server", "Client"] {
            for line in try SourceLine.firstLines(under: top) {
                let path = "\(top)/\(line.file)"
                let known = Self.layers.contains { path.hasPrefix($0.folder + "/") }
                #expect(known, "\(path) lies in no layer")
            }
        }
    }

    @Test func aFolderWithoutSourcesIsNoticed() {
        #expect(throws: (any Error).self) { try SourceLine.all(under: "Sources/Nowhere") }
    }
}
