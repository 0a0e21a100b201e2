"""Results by question: each holds as long as all that was read for it is as it was.

For each question one entry has the sets of places that were read for its answers, and for each set and the state of
its places another entry has the result. So a new file where there was none changes what is asked for, as an edit does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path

from gitlint_ops.cache.states import Read, States
from gitlint_ops.cache.store import Store

MAX_SETS = 4
"""So many sets of places are remembered for a question, those of the latest results."""


class Memory:
    """What is kept for one root. ``made_by`` are the versions of all that has a say in the results."""

    def __init__(self, store: Store, made_by: bytes, root: Path) -> None:
        self.store = store
        self._made_by = made_by
        self.states = States(root)

    def at(self, root: Path) -> Memory:
        """Give the memory of another root, as it is now."""
        return Memory(self.store, self._made_by, root)

    def recall(self, question: bytes) -> tuple[bytes, tuple[Read, ...]] | None:
        """Give the result that holds now, and what was read for it; None where there is none."""
        asked = self._asked(question)
        for reads in self._sets(asked):
            result = self.store.get(self._material(asked, reads))
            if result is not None:
                return result, reads
        return None

    def keep(self, question: bytes, result: bytes, reads: Collection[Read]) -> None:
        """Remember a result and what was read for it."""
        asked, places = self._asked(question), tuple(sorted(set(reads)))
        known = list(self._sets(asked))
        if places not in known:
            sets = [places, *known][:MAX_SETS]
            self.store.put(b"reads\0" + asked, json.dumps(sets).encode("ascii"))
        self.store.put(self._material(asked, places), result)

    def digest(self, question: bytes, reads: Collection[Read]) -> str:
        """Give a digest of a question and of the state of places that were read for its answer."""
        return hashlib.sha256(self._material(self._asked(question), reads)).hexdigest()

    def _asked(self, question: bytes) -> bytes:
        return self._made_by + b"\0" + question

    def _sets(self, asked: bytes) -> Iterator[tuple[Read, ...]]:
        """Give the sets of places for a question; an entry of another form than ours gives none."""
        raw = self.store.get(b"reads\0" + asked)
        try:
            for places in json.loads(raw)[:MAX_SETS] if raw is not None else ():
                yield tuple(Read(str(kind), str(path)) for kind, path in places)
        except (ValueError, TypeError, RecursionError):
            return

    def _material(self, asked: bytes, reads: Collection[Read]) -> bytes:
        states = "".join(f"{read.kind}\0{read.path}\0{self.states.of(read)}\n" for read in reads)
        return b"result\0" + asked + b"\0" + states.encode("utf-8", "surrogateescape")
