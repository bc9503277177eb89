"""The engines measured beside our own, each behind the same few calls."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Protocol

import traces
from traces import Patch


class Peer(Protocol):
    """An engine of texts that merge."""

    version: str

    def new(self, agent: int) -> Any:
        """An empty document that edits as `agent`."""

    def text(self, document: Any) -> str:
        """The text of a document."""

    def units(self, trace: traces.Trace) -> list[list[Patch]]:
        """The patches of a sequential trace in the units this engine counts in."""

    def type(self, patches: list[list[Patch]]) -> Any:
        """A document into which patches were typed, in the cheapest sound way."""

    def record(self, patches: list[list[Patch]]) -> Any:
        """A document with the same history, transaction by transaction."""

    def calls(self, patches: list[list[Patch]]) -> None:
        """As many calls as `type` makes, which do nothing."""

    def listen(self, document: Any) -> tuple[list[bytes], Any]:
        """A list that gets the update of each edit, and what keeps it going."""

    def edit(self, document: Any, patches: list[Patch], is_ascii: bool) -> None:
        """Makes one transaction of patches in characters; those past the end are cut off."""

    def apply(self, document: Any, updates: list[bytes]) -> None:
        """Applies updates, one call each."""

    def receive(self, document: Any, updates: list[bytes]) -> None:
        """Applies updates in the fastest way; their order may be any."""

    def full(self, document: Any) -> bytes:
        """The whole history."""

    def saved(self, document: Any) -> bytes:
        """The form that opens fastest with the whole history in it."""

    def load(self, data: bytes) -> Any:
        """A document read from either form."""


class Loro:
    """Loro: an event graph walker with stored state; counts characters."""

    def __init__(self) -> None:
        import loro

        self.module = loro
        self.version = version("loro")

    def new(self, agent: int) -> Any:
        document = self.module.LoroDoc()
        document.peer_id = agent + 1
        return document

    def text(self, document: Any) -> str:
        return document.get_text("text").to_string()

    def units(self, trace: traces.Trace) -> list[list[Patch]]:
        return [t.patches for t in trace.transactions]

    def _type(self, patches: list[list[Patch]], commit: Callable[[Any], None]) -> Any:
        document = self.new(0)
        text = document.get_text("text")
        insert, delete = text.insert, text.delete
        for transaction in patches:
            for position, count, inserted in transaction:
                if count:
                    delete(position, count)
                if inserted:
                    insert(position, inserted)
            commit(document)
        document.commit()
        return document

    def type(self, patches: list[list[Patch]]) -> Any:
        return self._type([[p for t in patches for p in t]], lambda document: None)

    def record(self, patches: list[list[Patch]]) -> Any:
        return self._type(patches, lambda document: document.commit())

    def calls(self, patches: list[list[Patch]]) -> None:
        text = self.new(0).get_text("text")
        for transaction in patches:
            for _, count, inserted in transaction:
                if count:
                    _ = text.len_unicode
                if inserted:
                    _ = text.len_unicode

    def listen(self, document: Any) -> tuple[list[bytes], Any]:
        updates: list[bytes] = []

        def keep(update: bytes) -> bool:
            updates.append(bytes(update))
            return True

        return updates, document.subscribe_local_update(keep)

    def edit(self, document: Any, patches: list[Patch], is_ascii: bool) -> None:
        text = document.get_text("text")
        for position, count, inserted in patches:
            length = text.len_unicode
            position = min(position, length)
            count = min(count, length - position)
            if count:
                text.delete(position, count)
            if inserted:
                text.insert(position, inserted)
        document.commit()

    def apply(self, document: Any, updates: list[bytes]) -> None:
        receive = document.import_
        for update in updates:
            receive(update)

    def receive(self, document: Any, updates: list[bytes]) -> None:
        # A batch replays more than the few updates of one who types along.
        if len(updates) < 8:
            self.apply(document, updates)
        else:
            document.import_batch(updates)

    def full(self, document: Any) -> bytes:
        mode = self.module.ExportMode
        return document.export(mode.Updates(self.module.VersionVector()))

    def saved(self, document: Any) -> bytes:
        return document.export(self.module.ExportMode.Snapshot())

    def load(self, data: bytes) -> Any:
        document = self.module.LoroDoc()
        document.import_(data)
        return document


class Yrs:
    """Yrs, through pycrdt: items by id in a linked list; counts bytes, drops deleted text."""

    def __init__(self) -> None:
        import pycrdt

        self.module = pycrdt
        self.version = version("pycrdt")

    def new(self, agent: int) -> Any:
        return self.module.Doc(client_id=agent + 1)

    def _text(self, document: Any) -> Any:
        return document.get("text", type=self.module.Text)

    def text(self, document: Any) -> str:
        return str(self._text(document))

    def units(self, trace: traces.Trace) -> list[list[Patch]]:
        if trace.is_ascii:
            return [t.patches for t in trace.transactions]
        return traces.in_bytes(trace.transactions)

    # The native text below the wrapper's: less of the time is Python's.

    def type(self, patches: list[list[Patch]]) -> Any:
        document = self.new(0)
        native = self._text(document).integrated
        insert, remove = native.insert, native.remove_range
        for transaction in patches:
            with document.transaction() as scope:
                inner = scope._txn
                for position, count, inserted in transaction:
                    if count:
                        remove(inner, position, count)
                    if inserted:
                        insert(inner, position, inserted)
        return document

    def record(self, patches: list[list[Patch]]) -> Any:
        return self.type(patches)

    def calls(self, patches: list[list[Patch]]) -> None:
        document = self.new(0)
        length = self._text(document).integrated.len
        for transaction in patches:
            with document.transaction() as scope:
                inner = scope._txn
                for _, count, inserted in transaction:
                    if count:
                        length(inner)
                    if inserted:
                        length(inner)

    def listen(self, document: Any) -> tuple[list[bytes], Any]:
        updates: list[bytes] = []
        return updates, document.observe(lambda event: updates.append(bytes(event.update)))

    def edit(self, document: Any, patches: list[Patch], is_ascii: bool) -> None:
        text = self._text(document)
        native = text.integrated
        with document.transaction() as scope:
            inner = scope._txn
            for position, count, inserted in patches:
                if is_ascii:
                    length = native.len(inner)
                    start, end = min(position, length), min(position + count, length)
                else:
                    known = native.get_string(inner)
                    start = len(known[:position].encode())
                    end = len(known[: position + count].encode())
                if end > start:
                    native.remove_range(inner, start, end - start)
                if inserted:
                    native.insert(inner, start, inserted)

    def apply(self, document: Any, updates: list[bytes]) -> None:
        receive = document.apply_update
        for update in updates:
            receive(update)

    def receive(self, document: Any, updates: list[bytes]) -> None:
        with document.transaction():
            self.apply(document, updates)

    def full(self, document: Any) -> bytes:
        return document.get_update()

    def saved(self, document: Any) -> bytes:
        return document.get_update()

    def load(self, data: bytes) -> Any:
        document = self.module.Doc()
        document.apply_update(data)
        return document


PEERS: dict[str, Callable[[], Peer]] = {"loro": Loro, "yrs": Yrs}
