"""The layout of a rendered repository as a plain value: the graph, its gaps, and how far each root reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.repo.model import Delivery, Unrendered
from gitlint_ops.repo.summary import summarise_graph

WORKLOAD_KINDS = frozenset({"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet"})
"""The built-in kinds that run containers."""
_WORKLOAD_GROUPS = frozenset({"", "apps", "batch"})


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
    return {**summary, "roots": _roots(rendering, frozenset(gaps))}


def _place(gap: Unrendered) -> str:
    return gap.path or (gap.span.path if gap.span else "")


def _roots(rendering: Rendering, gaps: Collection[str]) -> list[dict[str, Any]]:
    """Give, for each delivery or ApplicationSet that creates others and that nothing creates, its reach, by id.

    ``children`` counts every delivery below it, at any depth; workloads and namespaces are counted once a cluster.
    """
    children = _children(rendering)
    created = {delivery.id for below in children.values() for delivery in below}
    roots = sorted(key for key in children if key not in created and not _is_nested_generator(rendering, key))
    return [_figures(rendering, root, _below(root, children), gaps) for root in roots]


def _children(rendering: Rendering) -> dict[str, list[Delivery]]:
    """Give the deliveries that each delivery or ApplicationSet creates; none is its own child."""
    children: dict[str, list[Delivery]] = {}
    for delivery in rendering.graph.deliveries.values():
        for maker in {delivery.parent, delivery.generator} - {"", delivery.id}:
            children.setdefault(maker, []).append(delivery)
    return children


def _is_nested_generator(rendering: Rendering, key: str) -> bool:
    generator = rendering.graph.generators.get(key)
    return generator is not None and bool(generator.parent)


def _below(root: str, children: Mapping[str, Iterable[Delivery]]) -> dict[str, Delivery]:
    """Give every delivery below ``root`` by id; circles end."""
    found: dict[str, Delivery] = {}
    waiting = list(children.get(root, ()))
    while waiting:
        delivery = waiting.pop()
        if delivery.id not in found and delivery.id != root:
            found[delivery.id] = delivery
            waiting.extend(children.get(delivery.id, ()))
    return found


def _figures(rendering: Rendering, root: str, below: Mapping[str, Delivery], gaps: Collection[str]) -> dict[str, Any]:
    graph = rendering.graph
    own = graph.deliveries.get(root)
    deliveries = [*([own] if own else []), *below.values()]
    objects = [item for delivery in deliveries for item in rendering.objects.get(delivery.id, ())]
    reached = {delivery.environment for delivery in deliveries}
    return {
        "delivery": root,
        "children": len(below),
        "workloads": len({_identity(item) for item in objects if _is_workload(item)}),
        "namespaces": len({(item.delivery.cluster, item.namespace) for item in objects if item.namespace}),
        "unrendered": sum(key in gaps for key in below),
        "clusters": len({delivery.cluster for delivery in below.values()}),
        "environments": [
            e.name for e in sorted(graph.environments.values(), key=lambda e: (e.rank, e.name)) if e.name in reached
        ],
    }


def _is_workload(item: RenderedObject) -> bool:
    return item.kind in WORKLOAD_KINDS and item.api_version.rpartition("/")[0] in _WORKLOAD_GROUPS


def _identity(item: RenderedObject) -> tuple[str, str, str, str]:
    return item.delivery.cluster, item.kind, item.namespace, item.name
