import ArticleModel
import SQLite

extension Replica {
    /// Derives everything anew where this galley reads more forms of bodies than the one that
    /// derived the rows, and some of them it could not read; or fewer.
    ///
    /// Without the right to write the file stays as it is: what could not be read stays marked.
    func readAnew() throws(ReplicaError) {
        guard try needsReadingAnew() else { return }
        do throws(ReplicaError) {
            try write {
                // Another process may have been quicker.
                guard try isDerivedOtherwise() else { return }
                let hadAll = try !holdsUnread() && knowsAllThatWasKnown()
                if !hadAll { try deriveAgain() }
                try database.setMeta(.codecs, .text(codecs.signature))
            }
        } catch {
            guard error.code == .readOnly else { throw error }
        }
    }

    private func needsReadingAnew() throws(ReplicaError) -> Bool {
        try perform { try isDerivedOtherwise() }
    }

    /// What the rows were derived by; nothing is said of it in files of before there was a choice.
    private func derivingCodecs() throws -> String {
        let stored = try database.meta(.codecs)?.bytes ?? Array("0.0".utf8)
        return String(decoding: stored, as: UTF8.self)
    }

    private func isDerivedOtherwise() throws -> Bool { try derivingCodecs() != codecs.signature }

    /// Whether a change was taken for a newer galley's.
    private func holdsUnread() throws -> Bool {
        try database.integer(
            "SELECT 1 FROM change WHERE fault = ? LIMIT 1",
            .integer(ChangeFault.needsNewer.column)
        ) != nil
    }

    private func knowsAllThatWasKnown() throws -> Bool {
        let known = Set(codecs.signature.split(separator: " "))
        return try derivingCodecs().split(separator: " ").allSatisfy { known.contains($0) }
    }
}
