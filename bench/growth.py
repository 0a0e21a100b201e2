"""What an object costs as the repository grows, from 3,000 rendered objects to 100,000, and what it costs the peer."""

from __future__ import annotations

from collections.abc import Iterator

from measure import CHECK, Row, generated, run
from overlays import render_all

SIZES = (600, 2000, 6000, 20000)
"""Numbers of overlays with five objects each; the first is what the others are measured by."""
MOST_FOR_PEER = 6000
OVERLAYS_OF_A_BASE = 10


def rows(runs: int) -> Iterator[Row]:
    """Give a row a size against the peer, and a row a size on the time an object takes."""
    repositories = [generated("growth", size // OVERLAYS_OF_A_BASE, size) for size in SIZES]
    rounds = [[run((*CHECK, "--no-cache"), root) for root, _ in repositories] for _ in range(runs)]
    ours = dict(zip(SIZES, zip(*rounds, strict=True), strict=True))
    for size, (root, folders) in zip(SIZES, repositories, strict=True):
        theirs = [run(render_all(), root, "\n".join(folders)) for _ in range(runs)] if size <= MOST_FOR_PEER else []
        name = f"cold check of {size:,} overlays"
        yield Row(name, ours[size], "kustomize build" if theirs else "", theirs, objects=5 * size)
    for size in SIZES[1:]:
        name, peer = f"{5 * size:,} objects, the time of one", f"{5 * SIZES[0]:,} objects, the time of one"
        yield Row(name, ours[size], peer, ours[SIZES[0]], 1.2, SIZES[0] / size)
