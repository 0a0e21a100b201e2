"""Four shards, one after the other with a cache that they share, and their merged report against one run; cold caches.

The ratio is of CPU seconds: what the shards take together.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from measure import CHECK, PROGRAM, Cost, Row, added, generated, run

SHARDS = 4


def rows(runs: int) -> Iterator[Row]:
    """Give a row for a repository that one machine checks easily, and for one that is worth parting."""
    for bases, overlays in ((100, 1000), (400, 4000)):
        root, _ = generated("shards", bases, overlays)
        rounds = [(_parted(root), _whole(root)) for _ in range(runs)]
        parted, whole = (list(costs) for costs in zip(*rounds, strict=True))
        name = f"CPU of {SHARDS} shards, {overlays:,} overlays"
        yield Row(name, parted, "one run", whole, 1.15, of="cpu")


def _whole(root: Path) -> Cost:
    return run((*CHECK, f"--cache-dir={_empty(root)}"), root)


def _parted(root: Path) -> Cost:
    """Give what all shards and the merging cost together; the first shard comes last, as it judges."""
    kept = _empty(root)
    files = {index: root.with_suffix(f".{index}.json") for index in (*range(2, SHARDS + 1), 1)}
    costs = [
        run((*CHECK, f"--cache-dir={kept}", "--shard", f"{index}/{SHARDS}", "--output", str(file)), root)
        for index, file in files.items()
    ]
    return added([*costs, run((*PROGRAM, "merge-reports", *map(str, files.values())), root)])


def _empty(root: Path) -> Path:
    kept = root.with_suffix(".kept")
    shutil.rmtree(kept, ignore_errors=True)
    return kept
