"""Which deliveries a file reaches: by the objects it writes, the kustomizations that name it, the values it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.model import Delivery, HelmUnit, KustomizeUnit

_ByName = dict[str, dict[str, Delivery]]


def deliveries_of_file(context: CheckContext, path: str) -> tuple[Delivery, ...]:
    """Give the deliveries that a file reaches, those of its objects first; none where nothing reads it."""
    return context.once("deliveries-by-file", lambda: _by_file(context)).get(path, ())


def deliveries_of_folder(context: CheckContext, folder: str) -> tuple[Delivery, ...]:
    """Give the deliveries that build a kustomization folder, directly or through one that builds upon it."""
    return context.once("deliveries-by-folder", lambda: _by_folder(context)).get(folder, ())


def _by_file(context: CheckContext) -> Mapping[str, tuple[Delivery, ...]]:
    found: _ByName = defaultdict(dict)
    for item in context.objects:
        if item.source_path:
            found[item.source_path][item.delivery.id] = item.delivery
    for folder, kustomization in context.graph.kustomizations.items():
        users = {delivery.id: delivery for delivery in deliveries_of_folder(context, folder)}
        for path in (kustomization.path, *(r.target for r in kustomization.references if not r.remote)):
            found[path].update(users)
    for delivery in context.deliveries:
        for unit in delivery.units:
            for layer in unit.layers if isinstance(unit, HelmUnit) else ():
                if layer.form == "file":
                    found[str(layer.value)][delivery.id] = delivery
    return {path: tuple(users.values()) for path, users in found.items()}


def _by_folder(context: CheckContext) -> Mapping[str, tuple[Delivery, ...]]:
    found: _ByName = defaultdict(dict)
    for delivery in context.deliveries:
        pending = [unit.path for unit in delivery.units if isinstance(unit, KustomizeUnit)]
        seen: set[str] = set()
        while pending:
            folder = pending.pop()
            if folder not in seen:
                seen.add(folder)
                found[folder][delivery.id] = delivery
                kustomization = context.graph.kustomizations.get(folder)
                pending += kustomization.folders() if kustomization is not None else ()
    return {folder: tuple(users.values()) for folder, users in found.items()}
