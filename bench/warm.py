"""Checks with a cache against the cold check that filled it: nothing changed, one overlay changed, a hook's repository.

Each round starts with an empty cache: a cold run, a run with nothing changed, an edit of one overlay's patch, and a run
over that.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from measure import CHECK, Cost, Row, generated, run

HOOK = (14, 110)
"""Bases and overlays of a repository of about 300 files."""


def rows(runs: int, bases: int = 100, overlays: int = 1000) -> Iterator[Row]:
    """Give the rows of the large repository, and of one as a hook sees it."""
    root, folders = generated("warm", bases, overlays)
    rounds = [_round(root, folders[-1]) for _ in range(runs)]
    cold, same, edited = (list(costs) for costs in zip(*rounds, strict=True))
    peer = f"cold check of {overlays:,} overlays"
    yield Row("warm check, nothing changed", same, peer, cold, 0.05)
    yield Row("warm check, one overlay changed", edited, peer, cold, 0.08)
    root, folders = generated("warm", *HOOK)
    files = sum(path.is_file() for path in root.rglob("*"))
    rounds = [_round(root, folders[-1]) for _ in range(runs)]
    yield Row(f"warm check of {files} files, one changed", [edited for _, _, edited in rounds], bar=1.0)


def _round(root: Path, overlay: str) -> tuple[Cost, Cost, Cost]:
    """Give the costs of a cold run, of one with nothing changed, and of one with one overlay changed."""
    cache = root.with_suffix(".kept")
    shutil.rmtree(cache, ignore_errors=True)
    command = (*CHECK, f"--cache-dir={cache}")
    cold, same = run(command, root), run(command, root)
    patch = root / overlay / "patch.yaml"
    text = patch.read_text("utf-8")
    patch.write_text(text.replace("memory:", "cpu: 2, memory:"), "utf-8")
    edited = run(command, root)
    patch.write_text(text, "utf-8")
    return cold, same, edited
