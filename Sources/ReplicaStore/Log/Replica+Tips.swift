import ArticleModel
import Membership
import SQLite

extension Replica {
    /// Whether the entry of `header` comes right after the last one of its chain, which has not
    /// forked: then it is not in the log, nobody has to look for it there, and it forks nothing.
    func goesOn(_ header: ChangeSetHeader) throws -> Bool {
        guard let previous = header.previous else { return false }
        return try tip(of: header.chain) == previous
    }

    /// The last entry of a chain; nil where there is none, or several as it forked.
    private func tip(of chain: ChainID) throws -> ChangeSetID? {
        if let known = kept.tips[chain] { return known }
        guard try !isForked(chain) else { return nil }
        let row = try database.statement(
            "SELECT id FROM entry WHERE chain = ? ORDER BY seq DESC LIMIT 1",
            .bytes(chain.bytes)
        )
        guard try row.step(), let tip = ChangeSetID(row.bytes(0)) else { return nil }
        kept.keepTip(tip, of: chain)
        return tip
    }
}
