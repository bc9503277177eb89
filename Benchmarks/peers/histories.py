"""A trace as an engine's own history: built once, then kept in a file."""

import os
import pickle
from dataclasses import dataclass

from peers import Peer
from traces import Trace


@dataclass
class History:
    """What an engine makes of a trace."""

    full: bytes
    saved: bytes
    updates: list[bytes]
    """Of a concurrent trace: each transaction's own, in order."""
    end: str


def place(cache: str, name: str, peer: Peer, trace: Trace) -> str:
    """The file that keeps a history, another one for each release of the engine."""
    return os.path.join(cache, f"{trace.digest[:20]}.{name}-{peer.version}.history")


def build(peer: Peer, trace: Trace) -> History:
    """Has documents, one for each agent, make the edits of a trace and tell each other of them."""
    if trace.is_sequential:
        document = peer.record(peer.units(trace))
        return History(
            peer.full(document), peer.saved(document), [], peer.text(document)
        )
    documents: dict[int, tuple] = {}
    known: dict[int, dict[int, int]] = {}
    by_agent: dict[int, list[bytes]] = {}
    updates: list[bytes] = []
    is_ascii = trace.is_ascii
    for transaction in trace.transactions:
        agent = transaction.agent
        if agent not in documents:
            document = peer.new(agent)
            documents[agent] = (document, *peer.listen(document))
            known[agent] = {}
        document, box, _ = documents[agent]
        seen = known[agent]
        for other, count in transaction.clock.items():
            if other != agent and count > seen.get(other, 0):
                missing = by_agent[other][seen.get(other, 0) : count]
                peer.apply(document, [update for update in missing if update])
                seen[other] = count
        box.clear()
        if transaction.patches:
            peer.edit(document, transaction.patches, is_ascii)
        update = box[0] if box else b""
        by_agent.setdefault(agent, []).append(update)
        if update:
            updates.append(update)
    # Whoever made the last edit lacks the least.
    document, _, _ = documents[trace.transactions[-1].agent]
    seen = known[trace.transactions[-1].agent]
    for other, theirs in by_agent.items():
        if other != trace.transactions[-1].agent:
            peer.apply(document, [u for u in theirs[seen.get(other, 0) :] if u])
    return History(
        peer.full(document), peer.saved(document), updates, peer.text(document)
    )


def kept(path: str, peer: Peer, trace: Trace) -> History:
    """The history at `path`, built and put there where it is missing."""
    if os.path.exists(path):
        with open(path, "rb") as file:
            return pickle.load(file)
    history = build(peer, trace)
    with open(f"{path}.{os.getpid()}", "wb") as file:
        pickle.dump(history, file)
    os.rename(file.name, path)
    return history
