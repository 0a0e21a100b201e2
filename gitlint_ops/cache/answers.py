"""The engine's answers, remembered between runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gitlint_ops.cache.memory import Memory
from gitlint_ops.cache.states import Read

_PASSING_ERRORS = frozenset({"timeout", "panic", "crashed", "out-of-time"})
"""Kinds of errors that another run need not meet."""


class AnswerCache:
    """Remembers the answers of an engine over one root; ``reads`` is all that those of this run depend on.

    ``unsettled`` is true once an answer was given that another run need not give: the engine ended over it, or a file
    changed while it was read.
    """

    def __init__(self, memory: Memory, reads: set[Read] | None = None) -> None:
        self._memory = memory
        self.reads: set[Read] = set() if reads is None else reads
        self.unsettled = False

    def at(self, root: Path) -> AnswerCache:
        """Give the cache for an engine over another root; what it reads is noted here too."""
        return AnswerCache(self._memory.at(root), self.reads)

    def recall(self, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give the answer to a request, its ``reads`` included, None where none is known that holds."""
        found = self._memory.recall(_question(request))
        if found is None:
            return None
        try:
            answer = json.loads(found[0])
        except (ValueError, RecursionError):
            return None
        if not isinstance(answer, dict):
            return None
        self.reads.update(found[1])
        return answer

    def keep(self, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Remember an answer that lists its ``reads``."""
        listed = [(Read(item["kind"], item["path"]), item["digest"]) for item in answer.get("reads") or ()]
        self.reads.update(read for read, _ in listed)
        passing = (answer.get("error") or {}).get("kind") in _PASSING_ERRORS
        if passing or not all(self._is_as_read(*one) for one in listed):
            self.unsettled = True
            return
        kept = {key: value for key, value in answer.items() if key not in ("id", "restart")}
        result = json.dumps(kept, separators=(",", ":")).encode("ascii")
        self._memory.keep(_question(request), result, [read for read, _ in listed])

    def note(self, kind: str, path: str) -> None:
        """Take note of something else that this run looked at."""
        self.reads.add(Read(kind, path))

    def _is_as_read(self, read: Read, digest: str) -> bool:
        """Whether a file is still what the engine read of it."""
        return read.kind != "file" or self._memory.states.of(read) in (f"file {digest}", read.path)


def _question(request: Mapping[str, Any]) -> bytes:
    asked = {key: value for key, value in request.items() if key != "reads"}
    return json.dumps(asked, sort_keys=True, separators=(",", ":")).encode("ascii")
