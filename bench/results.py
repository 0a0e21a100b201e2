"""Keeps what the benches measured: figures as JSON, and the table that is made of them."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measure import Row, spread
from plot import Point, draw

RESULTS = Path(__file__).resolve().parent / "results"
TITLE = """\
# What the benches measured

`python bench/run.py` wrote this page. Each row is of whole processes, in wall seconds unless it says CPU:
the median, and the least and the greatest.

![Wall seconds by number of rendered objects](cost-by-size.svg)
"""
HEAD = "| what | seconds | peak MiB | against | seconds | peak MiB | ratio | bar | |\n" + "|---" * 9 + "|\n"


def show(row: Row) -> str:
    """Give a row as one line for the terminal."""
    return " | ".join(cell for cell in _cells(row) if cell)


def keep(bench: str, rows: Sequence[Row]) -> None:
    """Put the rows of one bench in the place of its earlier ones, and write the table anew."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / "figures.json"
    figures: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    figures[bench] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "rounds": max(len(row.ours) for row in rows),
        "rows": [_cells(row) for row in rows],
        "points": [_point(row) for row in rows if row.objects],
    }
    file.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    (RESULTS / "README.md").write_text(_page(figures), "utf-8")
    if points := [point for found in figures.values() for point in found["points"]]:
        (RESULTS / "cost-by-size.svg").write_text(draw(points), "utf-8")


def _point(row: Row) -> Point:
    ours = statistics.median(cost.wall for cost in row.ours)
    theirs = statistics.median(cost.wall for cost in row.theirs) if row.theirs else None
    return {"objects": row.objects, "ours": ours, "peer": row.peer, "theirs": theirs}


def _page(figures: dict[str, Any]) -> str:
    parts = [TITLE]
    for bench, found in figures.items():
        parts.append(f"\n## {bench}\n\n{found['date']}, {found['machine']}, {found['rounds']} rounds.\n\n{HEAD}")
        parts += [f"| {' | '.join(cells)} |\n" for cells in found["rows"]]
    return "".join(parts)


def _cells(row: Row) -> list[str]:
    ours = [spread(row.our_seconds), f"{max(cost.peak for cost in row.ours):.0f}"]
    theirs = ["", ""]
    if row.theirs:
        theirs = [spread(row.their_seconds), f"{max(cost.peak for cost in row.theirs):.0f}"]
    ratio = spread(row.ratios, 3) if row.theirs else ""
    bar = "" if row.bar is None else f"{row.bar:g}" if row.theirs else f"{row.bar:g} s"
    return [row.name, *ours, row.peer, *theirs, ratio, bar, row.verdict]
