"""A cold check of many releases of a few charts against the official Helm, which takes a process for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from generate import generate_releases
from measure import WORK, Row, mark_root, run
from overlays import COLD
from peers import HELM, go_tool


def rows(runs: int, charts: int = 10, releases: int = 300) -> Iterator[Row]:
    """Give the row of the official Helm, two processes at a time."""
    root, commands = _generated(charts, releases)
    render_all = ("xargs", "-P2", "-L1", go_tool(HELM))
    pairs = [(run(COLD, root), run(render_all, root, "\n".join(commands))) for _ in range(runs)]
    name = f"cold check of {releases:,} releases of {charts:,} charts"
    yield Row(name, [ours for ours, _ in pairs], "helm template", [theirs for _, theirs in pairs], 0.1)


def _generated(charts: int, releases: int) -> tuple[Path, list[str]]:
    """Write the repository anew; give its root and the arguments of Helm for each release."""
    root = WORK / f"releases-{charts}-{releases}"
    shutil.rmtree(root, ignore_errors=True)
    commands = generate_releases(root, charts, releases)
    mark_root(root)
    return root, commands
