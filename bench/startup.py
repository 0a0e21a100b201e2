"""How long the commands take that read no repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measure import PROGRAM, Row, run

COMMANDS = {("--version",): 0.1, ("rules",): 0.2, ("explain", "mutable-image-tag"): 0.2}
"""Each with the seconds that it may take."""


def rows(runs: int) -> Iterator[Row]:
    """Give a row a command, after one run that is not counted."""
    for arguments, bar in COMMANDS.items():
        command, here = (*PROGRAM, *arguments), Path(__file__).parent
        run(command, here)
        yield Row(" ".join(arguments), [run(command, here) for _ in range(runs)], bar=bar)
