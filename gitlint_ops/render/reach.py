"""What a root reaches: everything that it creates, and that its creations create."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.repo.index import api_group
from gitlint_ops.repo.model import Delivery, Generator

WORKLOADS: Mapping[str, frozenset[str]] = {
    "": frozenset({"Pod", "ReplicationController"}),
    "apps": frozenset({"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"}),
    "apps.openshift.io": frozenset({"DeploymentConfig"}),
    "argoproj.io": frozenset({"Rollout"}),
    "batch": frozenset({"CronJob", "Job"}),
}
"""The kinds that run pods, by API group."""
_ARGOCD_KINDS = frozenset({"Application", "ApplicationSet", "AppProject"})
_FLUX_GROUP = "fluxcd.io"
_FLUX_OPERATOR_GROUP = "fluxcd.controlplane.io"
Root = Delivery | Generator
"""What creates deliveries: a delivery, or an ApplicationSet."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A root's reach: its direct children, and what these and all below them are, apply and touch.

    ``workloads`` and ``namespaces`` are counted once for each cluster; ``environments`` come in promotion order.
    ``unrendered`` counts the deliveries whose workloads are not all known here.
    """

    children: tuple[Delivery, ...]
    deliveries: tuple[Delivery, ...]
    workloads: int
    namespaces: frozenset[tuple[str, str]]
    """(cluster, namespace) wherever a namespaced object lands, the controllers' own objects left out."""
    clusters: frozenset[str]
    """``''`` stands for the one cluster whose name nothing tells; it is left out beside a named one."""
    environments: tuple[str, ...]
    unrendered: int


class Reaches:
    """The roots of a rendered repository and how far each reaches. Answers are remembered."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._graph = rendering.graph
        self._children = _children(self._graph.deliveries.values())
        self._sets = _sets(self._graph.generators.values())
        self._partial = frozenset(_partial(rendering))
        self._known: dict[str, Reach] = {}

    @property
    def loose_roots(self) -> tuple[Delivery, ...]:
        """Give the kustomizations and charts that hold deliveries and that nothing in Git applies: none syncs them."""
        loose = (d for _, d in sorted(self._graph.deliveries.items()) if d.controller == "none")
        return tuple(d for d in loose if d.id in self._children)

    @property
    def roots(self) -> tuple[Root, ...]:
        """Give the deliveries, then the ApplicationSets, that create deliveries and that no controller creates."""
        makers = [d for _, d in sorted(self._graph.deliveries.items()) if self._is_top(d) and self._makes(d)]
        sets = [g for key, g in sorted(self._graph.generators.items()) if not self.creator(g) and key in self._children]
        return (*makers, *sets)

    def outermost(self, wanted: Callable[[Root], bool]) -> Iterator[Root]:
        """Give the makers of deliveries that are wanted, the roots first; nothing below one that is given."""
        seen: set[str] = set()
        ahead = list(self.roots)
        while ahead:
            root = ahead.pop(0)
            if root.id not in seen:
                seen.add(root.id)
                if wanted(root):
                    yield root
                else:
                    ahead += self._makers_below(root)

    def _makers_below(self, root: Root) -> list[Root]:
        """Give what a root creates directly and what creates deliveries itself; a set's Applications are the set's."""
        sets = self.sets_of(root) if isinstance(root, Delivery) else ()
        own = [child for child in self.children_of(root) if not sets or not child.generator]
        return [*sets, *(child for child in own if self._makes(child))]

    def creator(self, of: Root) -> Delivery | None:
        """Give the delivery that a controller creates this from; a folder applied by hand creates nothing by itself."""
        found = self._graph.deliveries.get(of.parent)
        return found if found is not None and found.controller != "none" else None

    def _is_top(self, delivery: Delivery) -> bool:
        """Whether nothing but itself creates a delivery (a Flux root lies in its own path)."""
        creator = self.creator(delivery)
        return delivery.controller != "none" and not delivery.generator and (creator is None or creator is delivery)

    def _makes(self, delivery: Delivery) -> bool:
        return delivery.id in self._children or bool(self.sets_of(delivery))

    def sets_of(self, delivery: Delivery) -> tuple[Generator, ...]:
        """Give the ApplicationSets that a delivery creates, or that a loose root holds, in id order."""
        return self._sets.get(delivery.id, ())

    def children_of(self, root: Root) -> tuple[Delivery, ...]:
        """Give what a root creates (a loose root: holds) directly, through its ApplicationSets too; never itself."""
        return self._children.get(root.id, ())

    def of(self, root: Root) -> Reach:
        """Give a root's reach, through any number of levels; a delivery that leads back is counted once."""
        if root.id not in self._known:
            self._known[root.id] = self._measure(root)
        return self._known[root.id]

    def workloads_of(self, deliveries: Iterable[Delivery]) -> int:
        """Count the objects that run pods in these deliveries, once for each cluster."""
        return len({_identity(item) for item in self._objects(deliveries) if is_workload(item)})

    def _measure(self, root: Root) -> Reach:
        below = tuple(self._below(root))
        own = [root] if isinstance(root, Delivery) and any(not _is_control(o) for o in self._objects([root])) else []
        touched = [*own, *below]
        clusters = {d.cluster for d in touched}
        return Reach(
            children=self.children_of(root),
            deliveries=below,
            workloads=self.workloads_of(touched),
            namespaces=frozenset(self._namespaces(touched)),
            clusters=frozenset(clusters - {""} or clusters),
            environments=self._in_order({d.environment for d in touched}),
            unrendered=sum(d.id in self._partial for d in below),
        )

    def _below(self, root: Root) -> Iterator[Delivery]:
        seen = {root.id}
        pending = list(self.children_of(root))
        while pending:
            delivery = pending.pop(0)
            if delivery.id not in seen:
                seen.add(delivery.id)
                yield delivery
                pending.extend(self.children_of(delivery))

    def _objects(self, deliveries: Iterable[Delivery]) -> Iterator[RenderedObject]:
        for delivery in deliveries:
            yield from self._rendering.objects.get(delivery.id, ())

    def _namespaces(self, deliveries: Iterable[Delivery]) -> Iterator[tuple[str, str]]:
        """Give where objects land, and of what could not be rendered where it is sent to."""
        for delivery in deliveries:
            objects = self._rendering.objects.get(delivery.id, ())
            names = {item.namespace for item in objects if not _is_control(item)}
            names |= set() if objects else {delivery.target_namespace}
            yield from ((delivery.cluster, name) for name in names - {""})

    def _in_order(self, names: set[str]) -> tuple[str, ...]:
        known = sorted(self._graph.environments.values(), key=lambda e: (e.rank, e.name))
        return tuple(environment.name for environment in known if environment.name in names)


def group_of(item: RenderedObject) -> str:
    """Give an object's API group, '' for the core group."""
    return api_group(item.api_version)


def is_workload(item: RenderedObject) -> bool:
    """Say whether an object runs pods."""
    return item.kind in WORKLOADS.get(group_of(item), ())


def _is_control(item: RenderedObject) -> bool:
    """Whether an object is an order to a controller: it lies in that one's namespace and takes effect elsewhere."""
    group = group_of(item)
    flux = group == _FLUX_OPERATOR_GROUP or group.endswith(_FLUX_GROUP)
    return flux or (group == "argoproj.io" and item.kind in _ARGOCD_KINDS)


def _identity(item: RenderedObject) -> tuple[str, str, str, str]:
    return item.delivery.cluster, item.kind, item.namespace, item.name


def _children(deliveries: Iterable[Delivery]) -> dict[str, tuple[Delivery, ...]]:
    found: dict[str, dict[str, Delivery]] = {}
    for delivery in sorted(deliveries, key=lambda d: d.id):
        for maker in {delivery.parent, delivery.emitted_by, delivery.generator} - {"", delivery.id}:
            found.setdefault(maker, {})[delivery.id] = delivery
    return {maker: tuple(below.values()) for maker, below in found.items()}


def _sets(generators: Iterable[Generator]) -> dict[str, tuple[Generator, ...]]:
    found: dict[str, list[Generator]] = {}
    for generator in sorted(generators, key=lambda g: g.id):
        for maker in {generator.parent, generator.emitted_by} - {""}:
            found.setdefault(maker, []).append(generator)
    return {maker: tuple(below) for maker, below in found.items()}


def _partial(rendering: Rendering) -> Iterator[str]:
    """Give the ids of the deliveries that lack objects; an unknown value alone (``needs-cluster``) lacks none."""
    for delivery, gap in rendering.unrendered:
        if delivery is not None and (gap.error_kind != "needs-cluster" or not rendering.objects.get(delivery.id)):
            yield delivery.id
