"""Times `gitlint-ops check` with its cache: cold, with nothing changed, and with one overlay changed, in turns.

    python bench/cache.py [--bases 100] [--overlays 1000] [--runs 3]

Each round starts with an empty cache: a cold run, a run with nothing changed, an edit of one overlay's patch, and a
run over that. Figures are whole-process wall seconds and CPU seconds (of the engine too, where the system tells);
ratios are taken round by round. Then the same for a repository of some 300 files, as a hook sees it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generate import generate
from run import WORK, write_marker

COMMAND = (sys.executable, "-m", "gitlint_ops", "check", ".", "--format", "json")
BARS = {"nothing changed": 0.05, "one overlay changed": 0.08}
HOOK = (14, 110)
"""Bases and overlays of a repository of about 300 files."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and CPU seconds of one process and its children."""

    wall: float
    cpu: float


def main() -> None:
    """Print each kind of run, and the ratios to the cold one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bases", type=int, default=100)
    parser.add_argument("--overlays", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for bases, overlays in ((options.bases, options.overlays), HOOK):
        root = WORK / f"cache-{bases}-{overlays}"
        shutil.rmtree(root, ignore_errors=True)
        folders = generate(root, bases, overlays)
        write_marker(root)
        files = sum(path.is_file() for path in root.rglob("*"))
        print(f"{overlays:,} overlays, {files:,} files, {os.cpu_count()} cores, {options.runs} rounds")
        _print([_round(root, folders[-1]) for _ in range(options.runs)])


def _round(root: Path, overlay: str) -> Mapping[str, Cost]:
    cache = root.with_suffix(".kept")
    shutil.rmtree(cache, ignore_errors=True)
    costs = {"without a cache": _cost(root, "--no-cache")}
    costs["cold"] = _cost(root, f"--cache-dir={cache}")
    costs["nothing changed"] = _cost(root, f"--cache-dir={cache}")
    patch = root / overlay / "patch.yaml"
    text = patch.read_text("utf-8")
    patch.write_text(text.replace("memory:", "cpu: 2, memory:"), "utf-8")
    costs["one overlay changed"] = _cost(root, f"--cache-dir={cache}")
    patch.write_text(text, "utf-8")
    return costs


def _cost(root: Path, *arguments: str) -> Cost:
    """Run a check to its end; an exit code that is none of a finished check ends the bench."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, start = os.times(), time.perf_counter()
    code = subprocess.run(
        [*COMMAND, *arguments], cwd=root, env=environment, stdout=subprocess.DEVNULL, check=False
    ).returncode
    wall, after = time.perf_counter() - start, os.times()
    if code not in (0, 1):
        raise SystemExit(f"the check ended with exit code {code}")
    user, system = after.children_user - before.children_user, after.children_system - before.children_system
    return Cost(wall, user + system)


def _print(rounds: Sequence[Mapping[str, Cost]]) -> None:
    for name in rounds[0]:
        walls, cpus = [item[name].wall for item in rounds], [item[name].cpu for item in rounds]
        line = f"{name:22} wall {_spread(walls)} s   CPU {_spread(cpus)} s"
        if name in BARS:
            ratios = [item[name].wall / item["cold"].wall for item in rounds]
            line += f"   of cold {_spread(ratios, 3)} (bar {BARS[name]})"
        print(line)


def _spread(values: Sequence[float], digits: int = 2) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


if __name__ == "__main__":
    main()
