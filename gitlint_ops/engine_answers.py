"""An answer of the engine as Python holds it: read in time, however large, and so that a signal is heard meanwhile."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def decoded(line: bytes | None) -> dict[str, Any] | None:
    """Give an answer; None at the output's end, which a process that dies while it writes leaves in mid-line."""
    if not line:
        return None
    try:
        with _uncollected():
            answer: dict[str, Any] = json.loads(line, object_hook=_as_read)
    except ValueError:
        return None
    return answer


def _as_read(made: dict[str, Any]) -> dict[str, Any]:
    """Give back an object: with each call the interpreter runs, which hears a signal that the decoder would not."""
    return made


@contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage for a while: to look through all that is made takes longer than to make it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
