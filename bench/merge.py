"""A diff of a merge on a cold cache against rendering all overlays of both sides, two at a time, and `diff`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

from generate import generate
from measure import PROGRAM, WORK, Cost, Row, mark_root, run
from peers import KUSTOMIZE, go_tool

DIFF = (*PROGRAM, "diff", ".", "--base", "HEAD", "--format", "json", "--no-cache")
AUTHOR = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
MERGE = WORK / "merge"
SIDES = ("before", "after")


def rows(runs: int, overlays: int = 1000) -> Iterator[Row]:
    """Give the row of a change in one overlay, and that of one in a base which a tenth of the overlays build on."""
    yield _row("one overlay", overlays // 10, overlays, "overlays/dev/patch.yaml", 1 / 20, runs)
    yield _row("one base", 10, overlays, "base/deployment.yaml", 1 / 4, runs)


def _row(changed: str, bases: int, overlays: int, edited: str, bar: float, runs: int) -> Row:
    shutil.rmtree(MERGE, ignore_errors=True)
    folders = generate(MERGE / "before", bases, overlays)
    _commit_and_edit(f"apps/app-0000/{edited}")
    pairs = [(run(DIFF, MERGE / "after"), _render_both(folders)) for _ in range(runs)]
    name = f"diff of {overlays:,} overlays, a change in {changed}"
    return Row(name, [ours for ours, _ in pairs], "kustomize build of both, diff", [theirs for _, theirs in pairs], bar)


def _commit_and_edit(path: str) -> None:
    """Make a Git repository of a copy, with one file changed since its commit."""
    after = MERGE / "after"
    shutil.copytree(MERGE / "before", after)
    mark_root(after)
    for arguments in (["init", "--quiet"], ["add", "--all"], [*AUTHOR, "commit", "--quiet", "--message", "before"]):
        subprocess.run(["git", *arguments], cwd=after, check=True)
    file = after / path
    file.write_text(file.read_text("utf-8").replace("limits: {memory:", "limits: {cpu: 2, memory:"), "utf-8")


def _render_both(folders: list[str]) -> Cost:
    """Render the overlays of both sides into files, and compare these."""
    output = MERGE / "rendered"
    shutil.rmtree(output, ignore_errors=True)
    names = [f"{side}/{folder}" for side in SIDES for folder in folders]
    for name in names:
        (output / name).mkdir(parents=True)
    render = f"xargs -P2 -I{{}} {go_tool(KUSTOMIZE)} build {{}} -o rendered/{{}}/all.yaml"
    return run(("sh", "-c", f"{render}; diff -r rendered/before rendered/after"), MERGE, "\n".join(names), codes=(1,))
