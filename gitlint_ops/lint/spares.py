"""What earlier runs found nothing in, so that a check need not look at it again.

In: whatever a check looks at by itself (an object, a file) with all that its answer depends on, as JSON values. Out:
what the check finds, without asking it where nothing was found in the same before. Only that is remembered, as salted
digests; what has a finding is looked at in each run.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from gitlint_ops.cache import Read

if TYPE_CHECKING:
    from gitlint_ops.cache import Memory

_BYTES = 16
"""Of the salt, and of each digest."""
_PLAIN_FORM = 2
"""The form of ``marshal`` in which equal values give equal bytes; JSON takes four times as long to write."""

T = TypeVar("T")


class Spares:
    """What is remembered of all checks of a run; nothing without a memory.

    ``repository`` tells one repository from another that shares the memory: each remembers what its last run saw.
    """

    def __init__(self, memory: Memory | None = None, repository: Iterable[str] = ()) -> None:
        self._memory = memory
        self._repository = sorted(repository)
        self._known: dict[bytes, Spare] = {}

    def of(self, check: str, asked: str = "") -> Spare:
        """Give what is remembered of one check; ``asked`` is what its answer on each thing depends on besides."""
        question = b"spared\n" + json.dumps([check, asked, self._repository]).encode("ascii")
        if question not in self._known:
            self._known[question] = Spare(self._memory, question)
        return self._known[question]

    def keep(self) -> None:
        """Remember what this run found nothing in."""
        for spare in self._known.values():
            spare.keep()


class Spare:
    """The things in which one check found nothing."""

    def __init__(self, memory: Memory | None, question: bytes) -> None:
        self._memory = memory
        self._question = question
        found = memory.recall(question) if memory else None
        kept = found[0] if found else secrets.token_bytes(_BYTES)
        self._salt = kept[:_BYTES]
        self._earlier = frozenset(kept[at : at + _BYTES] for at in range(_BYTES, len(kept), _BYTES))
        self._now: set[bytes] = set()

    def look(self, thing: Any, check: Callable[[], T]) -> T | tuple[()]:
        """Give what ``check`` finds, () without asking it where it found nothing in an equal thing before."""
        if self._memory is None:
            return check()
        mark = hashlib.blake2b(marshal.dumps(thing, _PLAIN_FORM), digest_size=_BYTES, key=self._salt).digest()
        found = () if mark in self._earlier else check()
        if not found:
            self._now.add(mark)
        return found

    def look_at_object(self, kind: str, thing: Any, check: Callable[[], T]) -> T | tuple[()]:
        """Look at an object of this kind; of a Secret not even a digest is kept."""
        return check() if kind == "Secret" else self.look(thing, check)

    def look_at_file(self, path: str, thing: Any, check: Callable[[], T]) -> T | tuple[()]:
        """Look at a file, given by its repository-relative path; what is in it is a part of the thing."""
        if self._memory is None:
            return check()
        return self.look([path, self._memory.states.of(Read("file", path)), thing], check)

    def keep(self) -> None:
        """Remember the things of this run, in place of those of earlier ones."""
        if self._memory is not None and self._now != self._earlier:
            self._memory.keep(self._question, self._salt + b"".join(sorted(self._now)), ())
