"""What a root reaches: everything that it creates, and that its creations create."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, Generator

WORKLOADS = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "DeploymentConfig",
        "Job",
        "ReplicaSet",
        "ReplicationController",
        "Rollout",
        "StatefulSet",
    }
)
_DECLARING = frozenset({"Application", "ApplicationSet", "AppProject", "Kustomization", "HelmRelease"})
"""Objects that lie in the controller's namespace and reach others."""
Root = Delivery | Generator


@dataclass(frozen=True, slots=True)
class Reach:
    """A root's reach: its direct children, and what these and all below them are, apply and touch.

    ``unrendered`` counts the deliveries whose workloads are not known here.
    """

    children: tuple[Delivery, ...]
    deliveries: tuple[Delivery, ...]
    workloads: int
    namespaces: frozenset[str]
    clusters: frozenset[str]
    environments: frozenset[str]
    unrendered: int


def roots(context: CheckContext) -> tuple[Root, ...]:
    """Give the deliveries and ApplicationSets that create deliveries and that nothing else creates, in id order."""
    makers = [d for d in context.deliveries if d.controller != "none" and _is_top(context, d) and _makes(context, d)]
    sets = [g for _, g in sorted(context.graph.generators.items()) if not _creator(context, g.parent) and g.deliveries]
    return (*makers, *sets)


def _creator(context: CheckContext, parent: str) -> Delivery | None:
    """Give the delivery that a controller creates this one from; a folder applied by hand creates nothing by itself."""
    found = context.graph.deliveries.get(parent)
    return found if found is not None and found.controller != "none" else None


def _is_top(context: CheckContext, delivery: Delivery) -> bool:
    """Whether nothing but itself creates a delivery (a Flux root lies in its own path)."""
    creator = _creator(context, delivery.parent)
    return not delivery.generator and (creator is None or creator.id == delivery.id)


def _makes(context: CheckContext, delivery: Delivery) -> bool:
    return bool(children_of(context, delivery) or sets_of(context, delivery))


def sets_of(context: CheckContext, delivery: Delivery) -> list[Generator]:
    """Give the ApplicationSets that a delivery creates, in id order."""
    return [g for _, g in sorted(context.graph.generators.items()) if g.parent == delivery.id]


def children_of(context: CheckContext, root: Root) -> tuple[Delivery, ...]:
    """Give the deliveries that a root creates directly, through its ApplicationSets too; never itself."""
    index = context.once("children", lambda: _children(context))
    return index.get(root.id, ())


def _children(context: CheckContext) -> dict[str, tuple[Delivery, ...]]:
    found: dict[str, dict[str, Delivery]] = {}
    for delivery in context.deliveries:
        for parent in {delivery.parent, delivery.generator} - {"", delivery.id}:
            found.setdefault(parent, {})[delivery.id] = delivery
    return {parent: tuple(below.values()) for parent, below in found.items()}


def reach_of(context: CheckContext, root: Root) -> Reach:
    """Give a root's reach, through any number of levels; a delivery that leads back is counted once."""
    below = tuple(_below(context, root))
    own = context.objects_of(root) if isinstance(root, Delivery) else ()
    objects = [o for d in below for o in context.objects_of(d)] + list(own)
    return Reach(
        children=children_of(context, root),
        deliveries=below,
        workloads=count_workloads(objects),
        namespaces=_namespaces(context, below, objects),
        clusters=frozenset(d.cluster for d in below if d.cluster),
        environments=frozenset(d.environment for d in below if d.environment),
        unrendered=sum(1 for d in below if not context.objects_of(d)),
    )


def _namespaces(context: CheckContext, below: Sequence[Delivery], objects: Sequence[RenderedObject]) -> frozenset[str]:
    """Give the namespaces of the objects, and of what could not be rendered the one it is sent to."""
    targets = {d.target_namespace for d in below if not context.objects_of(d)}
    return frozenset((targets | {o.namespace for o in objects if o.kind not in _DECLARING}) - {""})


def count_workloads(objects: Sequence[RenderedObject]) -> int:
    """Count the objects that run pods."""
    return sum(1 for o in objects if o.kind in WORKLOADS)


def _below(context: CheckContext, root: Root) -> Iterator[Delivery]:
    seen = {root.id}
    pending = list(children_of(context, root))
    while pending:
        delivery = pending.pop(0)
        if delivery.id not in seen:
            seen.add(delivery.id)
            yield delivery
            pending.extend(children_of(context, delivery))
