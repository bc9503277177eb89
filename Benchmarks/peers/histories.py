"""A trace as an engine's own history: built once, then kept in a file."""

import os
import pickle
from dataclasses import dataclass
from typing import Any

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
        return History(peer.full(document), peer.saved(document), [], peer.text(document))
    documents: dict[int, tuple[Any, list[bytes], Any]] = {}
    known: dict[int, dict[int, int]] = {}
    by_agent: dict[int, list[bytes]] = {}
    updates: list[bytes] = []
    is_ascii = trace.is_ascii
    last_of = {t.agent: n for n, t in enumerate(trace.transactions)}
    for number, transaction in enumerate(trace.transactions):
        agent = transaction.agent
        if agent not in documents:
            document = peer.new(agent)
            documents[agent] = (document, *peer.listen(document))
            known[agent] = {}
        document, box, _ = documents[agent]
        seen = known[agent]
        needed: list[bytes] = []
        for other, count in transaction.clock.items():
            if other != agent and count > seen.get(other, 0):
                missing = by_agent[other][seen.get(other, 0) : count]
                needed += [update for update in missing if update]
                seen[other] = count
        peer.receive(document, needed)
        box.clear()
        if transaction.patches:
            peer.edit(document, transaction.patches, is_ascii)
        update = box[0] if box else b""
        by_agent.setdefault(agent, []).append(update)
        if update:
            updates.append(update)
        if last_of[agent] == number and number + 1 < len(trace.transactions):
            # Hundreds of agents' documents would not fit into memory.
            del documents[agent], known[agent]
    # Whoever made the last edit lacks the least.
    last = trace.transactions[-1].agent
    document, _, _ = documents[last]
    seen = known[last]
    for other, theirs in by_agent.items():
        if other != last:
            peer.receive(document, [u for u in theirs[seen.get(other, 0) :] if u])
    return History(peer.full(document), peer.saved(document), updates, peer.text(document))


def kept(path: str, peer: Peer, trace: Trace) -> History:
    """The history at `path`, built and put there where it is missing."""
    if os.path.exists(path):
        with open(path, "rb") as kept_file:
            return pickle.load(kept_file)
    history = build(peer, trace)
    # Put in its place whole: another run may be looking for it.
    unfinished = f"{path}.{os.getpid()}"
    with open(unfinished, "wb") as new_file:
        pickle.dump(history, new_file)
    os.rename(unfinished, path)
    return history
