"""Editing traces, read for engines that count in characters or in bytes."""

import gzip
import hashlib
import json
from dataclasses import dataclass

Patch = tuple[int, int, str]


@dataclass
class Transaction:
    """Patches one agent made in a row, and the version it made them to."""

    agent: int
    patches: list[Patch]
    clock: dict[int, int]
    """How many transactions of each agent it knows, itself included."""


@dataclass
class Trace:
    """A history of edits and the text it ends in."""

    transactions: list[Transaction]
    end: str
    is_sequential: bool
    digest: str
    """Tells this file's contents from all others'."""

    @property
    def is_ascii(self) -> bool:
        """Whether bytes and characters are the same."""
        return all(p[2].isascii() for t in self.transactions for p in t.patches)


def read(path: str) -> Trace:
    """Reads a sequential or a concurrent trace."""
    with open(path, "rb") as file:
        data = file.read()
    digest = hashlib.sha256(data).hexdigest()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    content = json.loads(data)
    is_sequential = content.get("kind") != "concurrent"
    transactions: list[Transaction] = []
    counts: dict[int, int] = {}
    for entry in content["txns"]:
        agent = entry.get("agent", 0)
        counts[agent] = counts.get(agent, 0) + 1
        clock: dict[int, int] = {}
        if not is_sequential:
            for parent in entry["parents"]:
                for other, count in transactions[parent].clock.items():
                    clock[other] = max(count, clock.get(other, 0))
            clock[agent] = counts[agent]
        patches = [(p[0], p[1], p[2]) for p in entry["patches"]]
        transactions.append(Transaction(agent, patches, clock))
    return Trace(transactions, content["endContent"], is_sequential, digest)


def in_bytes(transactions: list[Transaction]) -> list[list[Patch]]:
    """The patches of a sequential trace with positions and lengths in bytes of UTF-8."""
    text = ""
    result = []
    for transaction in transactions:
        patches = []
        for position, count, inserted in transaction.patches:
            end = position + count
            patches.append(
                (
                    len(text[:position].encode()),
                    len(text[position:end].encode()),
                    inserted,
                )
            )
            text = text[:position] + inserted + text[end:]
        result.append(patches)
    return result
