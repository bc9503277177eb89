import ArticleModel
import Membership

/// What a hub's session knows of how much the client holds of the chain it writes to.
///
/// A client that was cut off while it sent has more of its chain than the hub. It holds what the
/// hub has of it, unless the two have different branches; so the hub sends nothing until the
/// client's first run has shown which of the two it is, and is then spared sending all of it back.
struct ClientChain {
    private var chain: ChainID?
    /// The client holds the entries of the chain up to this one.
    private var heldSequence: UInt64?
    /// The hub's last entry of the chain, while the client may or may not hold it.
    private var doubtful: Mark?

    /// What is known before a client has said anything.
    init() {}

    init(_ hello: Hello, _ opening: HubSession.Opening) {
        guard let named = hello.chain else { return }
        chain = named.chain
        if opening.hasClientChain {
            heldSequence = named.head.position
        } else if let last = opening.chain, !opening.isChainForked, hello.unsentCount > 0,
            last.position < named.head.position
        {
            doubtful = last
        }
    }

    /// Whether the client's first run is to be waited for.
    var isUnclear: Bool { doubtful != nil }

    /// Whether the client holds an entry, so that naming it is enough.
    func holds(_ header: ChangeSetHeader) -> Bool {
        guard let heldSequence else { return false }
        return header.chain == chain && header.sequence <= heldSequence
    }

    /// Notes that the chain forked: what the client holds of it cannot be told by number.
    mutating func forget() { self = ClientChain() }

    /// Takes the client's first run, or word that it sends none.
    mutating func settle(by entries: [Entry] = []) {
        guard let last = doubtful else { return }
        doubtful = nil
        // What goes on from the hub's last entry was signed by somebody who holds that entry.
        let goesOn = entries.contains { entry in
            entry.header.chain == chain && entry.header.sequence == last.position + 1
                && entry.header.previous?.bytes.starts(with: last.prefix) == true
        }
        if goesOn { heldSequence = last.position }
    }
}
