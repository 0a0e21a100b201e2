"""The layout of a rendered repository as a plain value: the graph, its gaps, and how far each root reaches."""

from __future__ import annotations

from typing import Any

from gitlint_ops.render.model import Rendering
from gitlint_ops.render.reach import Reaches, Root
from gitlint_ops.repo.model import Unrendered
from gitlint_ops.repo.summary import summarise_graph


def summarise(rendering: Rendering) -> dict[str, Any]:
    """Give the layout of a rendered repository as the JSON contract of ``inspect`` has it, without the schema version.

    Each delivery also lists what of it was not rendered, with the reason.
    """
    summary = summarise_graph(rendering.graph)
    gaps: dict[str, list[dict[str, str]]] = {}
    for delivery, gap in rendering.unrendered:
        if delivery is not None:
            gaps.setdefault(delivery.id, []).append({"unit": gap.unit, "path": _place(gap), "reason": gap.reason})
    for entry in summary["deliveries"]:
        entry["unrendered"] = gaps.get(entry["id"], [])
    reaches = Reaches(rendering)
    tops = (*reaches.roots, *reaches.loose_roots)
    roots = sorted((_root(reaches, root) for root in tops), key=lambda entry: str(entry["delivery"]))
    return {**summary, "roots": roots}


def _place(gap: Unrendered) -> str:
    return gap.path or (gap.span.path if gap.span else "")


def _root(reaches: Reaches, root: Root) -> dict[str, Any]:
    """Give a root's figures; ``children`` counts every delivery below it, at any depth."""
    reach = reaches.of(root)
    return {
        "delivery": root.id,
        "children": len(reach.deliveries),
        "workloads": reach.workloads,
        "namespaces": len(reach.namespaces),
        "unrendered": reach.unrendered,
        "clusters": len(reach.clusters),
        "environments": list(reach.environments),
    }
