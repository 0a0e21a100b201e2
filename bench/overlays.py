"""A cold check of many overlays against the tools that render and judge the same overlays, two processes at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from measure import CHECK, Row, generated, run
from peers import KUSTOMIZE, checkov, go_tool, kubeconform

COLD = (*CHECK, "--no-cache")


def rows(runs: int, bases: int = 100, overlays: int = 1000) -> Iterator[Row]:
    """Give a row a peer: rendering alone, rendering with schemas, and rendering with rules (of a tenth)."""
    yield _row("kustomize build", render_all(), 0.5, runs, bases, overlays)
    piped = f"{go_tool(KUSTOMIZE)} build {{}} | {kubeconform()}"
    render_and_judge = ["xargs", "-P2", "-I{}", "sh", "-c", piped]
    yield _row("kustomize build, kubeconform", render_and_judge, 0.3, runs, bases, overlays)
    judge = [checkov(), "--directory", ".", "--framework", "kustomize", "--compact", "--quiet", "--skip-download"]
    yield _row("checkov", judge, None, runs, bases // 10, overlays // 10)


def render_all() -> Sequence[str]:
    """Give the command that renders every overlay named on its standard input with the official kustomize."""
    return ("xargs", "-P2", "-n1", go_tool(KUSTOMIZE), "build")


def _row(peer: str, command: Sequence[str], bar: float | None, runs: int, bases: int, overlays: int) -> Row:
    root, folders = generated("overlays", bases, overlays)
    pairs = [(run(COLD, root), run(command, root, "\n".join(folders))) for _ in range(runs)]
    name = f"cold check of {overlays:,} overlays"
    return Row(name, [ours for ours, _ in pairs], peer, [theirs for _, theirs in pairs], bar)
