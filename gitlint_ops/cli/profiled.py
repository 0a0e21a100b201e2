"""``--profile-run``: what took how long, in a file for trace viewers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gitlint_ops.cli.streams import deliver
from gitlint_ops.profiling import recorded, span


@contextmanager
def profiled(file: Path | None) -> Iterator[None]:
    """Record what is done within the context and write it to ``file`` at its end, in one step; None records nothing.

    Raises CommandError where the file cannot be written.
    """
    if file is None:
        yield
        return
    with recorded() as trace:
        try:
            with span("phase", "run"):
                yield
        finally:
            deliver(trace.dumped(), file)
