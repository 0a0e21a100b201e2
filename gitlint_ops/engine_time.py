"""The time that an engine may work in a run, and what it remembers of earlier ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

READING = "read"
"""The verb that costs no more than a file's size: what is late is still read, for the report says where it stands."""


class Recall(Protocol):
    """Remembers answers between runs; the answers that it is given and gives list their ``reads``."""

    def at(self, root: Path) -> Recall:
        """Give the same for an engine over another root."""

    def recall(self, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give the answer to a request, as the engine would give it now, or None."""

    def keep(self, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Remember an answer, or that there was none."""

    def note(self, kind: str, path: str) -> None:
        """Take note of something else that this run looked at."""


class Budget:
    """The seconds that all requests of a run have together; None is without end.

    One request is bounded by a limit of its own; a thousand that each take that long are bounded here. ``wanted`` may
    be set to what says, from any thread, whether somebody still waits for the answers.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._spent = 0.0
        self._since: float | None = None
        self.wanted: Callable[[], bool] = always

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time within this context."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._spent += time.monotonic() - self._since
            self._since = None

    def refuses(self, request: Mapping[str, Any]) -> bool:
        """Whether the time is used up for a request, or nobody waits for it."""
        if request.get("verb") == READING:
            return False
        if not self.wanted():
            return True
        if self._seconds is None:
            return False
        running = time.monotonic() - self._since if self._since is not None else 0.0
        return self._spent + running >= self._seconds

    def answer(self) -> dict[str, Any]:
        """Give the answer to what is refused."""
        message = (
            f"not rendered: the {self._seconds or 0:,g} s that all units have together (limits.total_seconds) are over"
        )
        return {"error": {"kind": "out-of-time", "message": message}}


def always() -> bool:
    """Say that somebody waits."""
    return True
