"""What Flux refuses in its Kustomizations and HelmReleases though their schemas take it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from gitlint_ops.lint.checks.flux_dependencies import Name, needed_by, undeclared
from gitlint_ops.lint.checks.problems import Problem
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping

_VARIABLE = re.compile(r"^[_A-Za-z][_A-Za-z0-9]*$")


def kustomization_problems(context: CheckContext, delivery: Delivery) -> Iterator[Problem]:
    """Give the problems of a Flux Kustomization: variables' names, and dependencies that never are ready."""
    path: FieldPath = ("spec", "postBuild", "substitute")
    for name in mapping(delivery.object, *map(str, path)):
        if not _VARIABLE.match(name):
            text = (
                f"'{name}' is no name of a variable, and Flux refuses the build; a name has letters, digits and '_', "
                "and does not begin with a digit"
            )
            yield Problem((*path, name), text, on_key=True)
    yield from _dependencies(context, delivery)


def release_problems(context: CheckContext, delivery: Delivery) -> Iterator[Problem]:
    """Give the problems of a HelmRelease: two charts at once, and dependencies that never are ready."""
    spec = mapping(delivery.object, "spec")
    if spec.get("chart") and spec.get("chartRef"):
        text = "it has both chart and chartRef, and Flux refuses it; keep one of them"
        yield Problem(("spec", "chartRef"), text, on_key=True)
    yield from _dependencies(context, delivery)


def _dependencies(context: CheckContext, delivery: Delivery) -> Iterator[Problem]:
    graphs = context.once("flux_objects.graphs", lambda: _graphs(context))
    graph = graphs[delivery.parent, delivery.kind]
    own = (delivery.namespace, delivery.name)
    for at, needed in enumerate(needed_by(delivery)):
        path = ("spec", "dependsOn", at, "name")
        if needed == own:
            yield Problem(path, "it depends on itself, so it is never ready")
        elif needed not in graph:
            reason = undeclared(context, delivery, needed)
            if reason:
                yield Problem(path, f"it depends on {delivery.kind} '{needed[1]}', which {reason}")
        elif own == min(circle := _circle(graph, own, needed), default=None):
            names = " -> ".join(name for _, name in (*circle, own))
            yield Problem(path, f"it is in a circle of dependencies, none of which is ever ready: {names}")


def _graphs(context: CheckContext) -> Mapping[tuple[str, str], dict[Name, list[Name]]]:
    """Give what depends on what among the deliveries of one kind that one parent creates: they share a cluster."""
    graphs: dict[tuple[str, str], dict[Name, list[Name]]] = defaultdict(dict)
    for delivery in context.deliveries:
        if delivery.controller == "flux":
            graphs[delivery.parent, delivery.kind][delivery.namespace, delivery.name] = needed_by(delivery)
    return graphs


def _circle(graph: Mapping[Name, list[Name]], own: Name, start: Name) -> list[Name]:
    """Give the way from a name over ``start`` back to itself, itself first; empty where there is none."""
    pending: list[list[Name]] = [[own, start]]
    seen = {start}
    while pending:
        way = pending.pop(0)
        for following in graph.get(way[-1], ()):
            if following == own:
                return way
            if following not in seen:
                seen.add(following)
                pending.append([*way, following])
    return []
