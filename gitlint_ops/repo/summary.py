"""The graph as a plain value: what ``inspect`` shows and its JSON contract names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.repo.model import Delivery, RepoGraph, Unit

Summary = dict[str, Any]


def summarise_graph(graph: RepoGraph) -> Summary:
    """Give environments, units and deliveries as the JSON contract of ``inspect`` has them, in a stable order."""
    deliveries = sorted(graph.deliveries.values(), key=lambda d: d.id)
    units = {unit_id(unit): unit for delivery in deliveries for unit in delivery.units}
    environments = sorted(graph.environments.values(), key=lambda e: (e.rank, e.name))
    return {
        "environments": [{"name": e.name, "production": e.production, "rank": e.rank} for e in environments],
        "units": [{"id": key, "kind": units[key].kind, "path": units[key].path} for key in sorted(units)],
        "deliveries": [_delivery(delivery) for delivery in deliveries],
    }


def unit_id(unit: Unit) -> str:
    """Give a unit's id: its kind and folder, as in ``kustomize:apps/web/overlays/prod``."""
    return f"{unit.kind}:{unit.path}"


def _delivery(delivery: Delivery) -> Summary:
    return {
        "id": delivery.id,
        "controller": delivery.controller,
        "kind": delivery.kind,
        "namespace": delivery.namespace,
        "name": delivery.name,
        "environment": delivery.environment,
        "cluster": delivery.cluster,
        "parent": delivery.parent or delivery.emitted_by,
        "units": list(dict.fromkeys(unit_id(unit) for unit in delivery.units)),
        "path": delivery.span.path if delivery.span else "",
        "line": delivery.span.line if delivery.span else 0,
        "generator": delivery.generator,
    }


def delivery_paths(graph: RepoGraph) -> Mapping[str, frozenset[str]]:
    """Give, by delivery id, the folders that it applies and the file that declares it."""
    return {
        key: frozenset([unit.path for unit in delivery.units] + ([delivery.span.path] if delivery.span else []))
        for key, delivery in graph.deliveries.items()
    }
