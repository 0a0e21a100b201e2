"""A fleet of repositories on two local workers against the same checks one after another; cold, without caches."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from generate import generate
from measure import CHECK, FINISHED, PROGRAM, WORK, Row, added, mark_root, run

REPOSITORIES = 50
FLEET = (*PROGRAM, "fleet", ".", "--format", "json", "--no-cache")


def rows(runs: int) -> Iterator[Row]:
    """Give the row against a check of each, and that against a fleet on one worker, whose report must be the same."""
    top, roots = _generated()
    if _report(top, 1) != _report(top, 2):
        raise SystemExit("the reports on one worker and on two differ")
    name = f"fleet of {REPOSITORIES} repositories, two workers"
    each = (*CHECK, "--no-cache")
    rounds = [
        (run(_fleet(2), top), added([run(each, root) for root in roots]), run(_fleet(1), top)) for _ in range(runs)
    ]
    ours, checks, alone = (list(costs) for costs in zip(*rounds, strict=True))
    yield Row(name, ours, "check of each, one after another", checks, 0.6)
    yield Row(name, ours, "one worker", alone)


def _generated() -> tuple[Path, Sequence[Path]]:
    """Write the repositories anew, of 10 to 108 overlays; give their folder, and their roots."""
    top = WORK / "fleet"
    shutil.rmtree(top, ignore_errors=True)
    roots = [top / f"repository-{number:02}" for number in range(REPOSITORIES)]
    for number, root in enumerate(roots):
        generate(root, bases=2 + number // 5, overlays=10 + 2 * number)
        mark_root(root)
    return top, roots


def _fleet(workers: int) -> Sequence[str]:
    return (*FLEET, "--workers", str(workers))


def _report(top: Path, workers: int) -> str:
    """Give the report without its times. Raises SystemExit where there is none."""
    done = subprocess.run(_fleet(workers), cwd=top, capture_output=True, text=True, check=False)
    if done.returncode not in FINISHED or not json.loads(done.stdout)["fleet"]:
        raise SystemExit(f"the fleet ended with exit code {done.returncode}")
    return re.sub(r'"elapsed_ms": \d+', "", done.stdout)
