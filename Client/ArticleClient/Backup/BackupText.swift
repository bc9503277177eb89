import ArticleFormats
import ArticleModel
import ReplicaStore

/// What is told of a replica in a backup.
enum BackupText {
    /// For people.
    static func summary(_ facts: ReplicaFacts) -> String {
        "\(counted(Int(clamping: facts.entryCount), "change set")), "
            + counted(Int(clamping: facts.recordCount), "membership record")
    }

    /// For scripts.
    static func members(_ facts: ReplicaFacts) -> [JSONValue.Member] {
        [
            JSONValue.Member("library", .string(facts.library.description)),
            JSONValue.Member("name", .string(facts.name)),
            JSONValue.Member("entries", .integer(Int64(clamping: facts.entryCount))),
            JSONValue.Member("records", .integer(Int64(clamping: facts.recordCount))),
            JSONValue.Member("hub_position", .integer(Int64(clamping: facts.hubHead.position))),
            JSONValue.Member("schema_version", .integer(Int64(clamping: facts.schemaVersion))),
        ]
    }
}
