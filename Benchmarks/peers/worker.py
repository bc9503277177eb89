#!/usr/bin/env python3
"""Runs another engine through editing traces, one task a line, as `galley-bench merge` asks.

    worker.py PEER CACHE            answers each line `TASK<tab>TRACE` of standard input by one line
    worker.py PEER --memory FILE    prints the resident kilobytes an open article takes

Answers: `ms N` CPU time of one run, `count N`, `path FILE`, `yes`, `no`, `none` where the trace has
no such task, `error TEXT`. Reading a trace and building its history are never in the time.
"""

import gc
import os
import sys
import time
from collections.abc import Callable

import histories
import traces
from peers import PEERS, Peer

# Work shorter than this is repeated within a run.
SHORTEST_SECONDS = 0.002


class Worker:
    """Keeps the trace of the last line."""

    def __init__(self, name: str, peer: Peer, cache: str) -> None:
        self.name = name
        self.peer = peer
        self.cache = cache
        self.path = ""
        self.repetitions: dict[str, int] = {}

    def answer(self, task: str, path: str) -> str:
        """Does one task."""
        if task == "hello":
            return f"version {self.peer.version}"
        if path != self.path:
            self.trace = traces.read(path)
            self.history: histories.History | None = None
            self.units = self.peer.units(self.trace) if self.trace.is_sequential else []
            self.path = path
            self.repetitions = {}
        file = histories.place(self.cache, self.name, self.peer, self.trace)
        if task == "is-built":
            return "yes" if os.path.exists(file) else "no"
        if task in ("type", "calls"):
            if not self.trace.is_sequential:
                return "none"
            work = self.peer.type if task == "type" else self.peer.calls
            return self.timed(task, lambda: work(self.units))
        if self.history is None:
            self.history = histories.kept(file, self.peer, self.trace)
        return self.of_history(task, self.history, file)

    def of_history(self, task: str, history: histories.History, file: str) -> str:
        """Does a task that needs the peer's own history."""
        peer = self.peer
        if task == "right":
            return "yes" if history.end == self.trace.end else "no"
        if task == "load":
            return self.timed(task, lambda: peer.text(peer.load(history.full)))
        if task == "open":
            return self.timed(task, lambda: peer.text(peer.load(history.saved)))
        if task == "size":
            return f"count {len(history.full)}"
        if task == "save":
            saved = f"{file}.saved"
            with open(saved, "wb") as output:
                output.write(history.saved)
            return f"path {saved}"
        if task == "live":
            if not history.updates:
                return "none"
            return self.timed(task, lambda: self.live(history.updates))
        return "none"

    def live(self, updates: list[bytes]) -> str:
        """Applies updates one at a time, then reads the text."""
        document = self.peer.new(1_000_000)
        self.peer.apply(document, updates)
        return self.peer.text(document)

    def timed(self, task: str, work: Callable[[], object]) -> str:
        """The CPU milliseconds of one run."""
        gc.collect()
        gc.disable()
        if task not in self.repetitions:
            start = time.process_time()
            work()
            taken = time.process_time() - start
            self.repetitions[task] = max(1, round(SHORTEST_SECONDS / max(taken, 1e-6)))
            if taken > 1:
                # Too long for a run to warm up with: it counts.
                gc.enable()
                return f"ms {taken * 1000}"
        count = self.repetitions[task]
        start = time.process_time()
        for _ in range(count):
            work()
        taken = time.process_time() - start
        gc.enable()
        return f"ms {taken * 1000 / count}"


def resident_kilobytes() -> int:
    """The memory of this process that is in use."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def memory(peer: Peer, path: str) -> int:
    """What a process grows by when it opens an article, reads its text and makes one edit."""
    with open(path, "rb") as file:
        data = file.read()
    # The engine and the allocator have begun to work.
    small = peer.record([[(0, 0, "x")]])
    peer.text(peer.load(peer.saved(small)))
    del small
    gc.collect()
    before = resident_kilobytes()
    document = peer.load(data)
    text = peer.text(document)
    peer.edit(document, [(len(text) // 2, 0, "x")], text.isascii())
    del text
    return resident_kilobytes() - before


def main() -> None:
    """Reads tasks until there are no more."""
    name = sys.argv[1]
    peer = PEERS[name]()
    if sys.argv[2] == "--memory":
        print(memory(peer, sys.argv[3]))
        return
    worker = Worker(name, peer, sys.argv[2])
    for line in sys.stdin:
        task, _, path = line.rstrip("\n").partition("\t")
        try:
            reply = worker.answer(task, path)
        except Exception as error:  # pylint: disable=broad-except
            reply = f"error {type(error).__name__}: {error}".replace("\n", " ")
        print(reply, flush=True)


if __name__ == "__main__":
    main()
