"""Runs commands as whole processes, tells what they cost, and pairs them with a peer's, in turns."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generate import generate

WORK = Path(__file__).resolve().parent / "work"
"""Where everything generated, built and installed for the benches lies; not in Git."""
PROGRAM = (sys.executable, "-m", "gitlint_ops")
CHECK = (*PROGRAM, "check", ".", "--format", "json")
FINISHED = (0, 1)
"""The exit codes of a check that came to its end."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process and its children took: wall and CPU seconds, and the MiB of the largest of them at its peak."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: the costs of each round, and what they must stay under."""

    name: str
    ours: Sequence[Cost]
    peer: str = ""
    theirs: Sequence[Cost] = ()
    bar: float | None = None
    """The ratio that the median must not exceed; of seconds where there is no peer."""
    scale: float = 1.0
    """What ratios are multiplied with: where the peer does another amount of work, its amount by ours."""
    objects: int = 0
    """How many objects are rendered, for a row that is a point of the plot."""
    of: Literal["wall", "cpu"] = "wall"
    """Which seconds are compared."""

    @property
    def our_seconds(self) -> list[float]:
        """The seconds that are compared, round by round."""
        return [getattr(cost, self.of) for cost in self.ours]

    @property
    def their_seconds(self) -> list[float]:
        """The same of the peer."""
        return [getattr(cost, self.of) for cost in self.theirs]

    @property
    def ratios(self) -> list[float]:
        """Our seconds by the peer's, round by round; ours alone where there is no peer."""
        if not self.theirs:
            return self.our_seconds
        return [self.scale * a / b for a, b in zip(self.our_seconds, self.their_seconds, strict=True)]

    @property
    def verdict(self) -> str:
        """Whether the bar is met, '' where there is none."""
        if self.bar is None:
            return ""
        return "met" if statistics.median(self.ratios) <= self.bar else "missed"


def run(command: Sequence[str], root: Path, text: str = "", codes: Sequence[int] = FINISHED) -> Cost:
    """Run a command in ``root`` to its end, with ``text`` as its standard input; its output is thrown away.

    The programs that were built for the benches are on its PATH.

    Raises SystemExit, which ends the bench, for an exit code that is none of ``codes``. Works where ``os.wait4`` does.
    """
    tools = [str(folder) for folder in (WORK / "bin").glob("*")]
    environment = {**os.environ, "PATH": os.pathsep.join([*tools, os.environ["PATH"]])}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as source:
        source.write(text.encode())
        source.seek(0)
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=root, env=environment, stdin=source, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in codes:
        raise SystemExit(f"{' '.join(command)} ended with exit code {child.returncode}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def added(costs: Sequence[Cost]) -> Cost:
    """Give what several processes cost together, one after the other."""
    return Cost(sum(c.wall for c in costs), sum(c.cpu for c in costs), max(c.peak for c in costs))


def generated(name: str, bases: int, overlays: int) -> tuple[Path, list[str]]:
    """Write a repository of ``overlays`` anew; give its root and the folders of the overlays."""
    root = WORK / f"{name}-{bases}-{overlays}"
    shutil.rmtree(root, ignore_errors=True)
    folders = generate(root, bases, overlays)
    mark_root(root)
    return root, folders


def mark_root(root: Path) -> None:
    """Make a generated folder a repository root of its own, inside this checkout."""
    (root / ".gitlint-ops.yaml").write_text("exclude: []\n", "utf-8")


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Give the median with the least and the greatest, as ``1.20 (1.10-1.40)``."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"
