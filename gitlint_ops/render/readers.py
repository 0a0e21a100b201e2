"""Which deliveries read a file, so that what is wrong in the file's text concerns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitlint_ops.render.claims import Claims
from gitlint_ops.repo import Context
from gitlint_ops.repo.model import Delivery, DirectoryUnit, HelmUnit, Unit

Given = Sequence[tuple[Unit, Mapping[str, Any]]]
"""What the units of one delivery gave: the engine's answers."""


def readers_of_files(
    context: Context, deliveries: Iterable[Delivery], given: Mapping[str, Given]
) -> Mapping[str, tuple[str, ...]]:
    """Give for each repository-relative file the ids of the deliveries that read it, in order of id.

    ``given`` is keyed by delivery id; a unit that failed is judged from the graph alone. A release does not read its
    chart's values files of other environments, nor a directory source what it does not include.
    """
    claims = Claims(context)
    readers: dict[str, dict[str, None]] = {}
    for delivery in sorted(deliveries, key=lambda item: item.id):
        for unit in claims.units_of(delivery):
            for path in _files(context, claims, unit, given.get(delivery.id, ())):
                readers.setdefault(path, {})[delivery.id] = None
    return {path: tuple(ids) for path, ids in readers.items()}


def _files(context: Context, claims: Claims, unit: Unit, given: Given) -> frozenset[str]:
    files = claims.files_of(unit)
    if isinstance(unit, HelmUnit) and unit.path in context.charts:
        used = {str(layer.value) for layer in unit.layers if layer.form == "file"} | {*unit.chart_values_files}
        return files - {file.path for file in context.charts[unit.path].values_files if file.path not in used}
    if isinstance(unit, DirectoryUnit) and (unit.include or unit.exclude):
        origins = (answer["origins"] for made, answer in given if made == unit)
        return frozenset(origin["path"] for origin in next(origins, ())) or files
    return files
