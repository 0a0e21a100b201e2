"""Charts that nothing here delivers: what their default values leave open, for whoever installs them to set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.render.declared import declared_in_answer, kind_of
from gitlint_ops.render.plan import Pool, request_for
from gitlint_ops.repo.model import Delivery, HelmUnit, ValueLayer
from gitlint_ops.source import FieldPath, Json, SourceTree

_MARK = "x7q"
_MOST = 20
"""How many unset values of one chart are tried."""


def unset_value(tree: SourceTree, pool: Pool, top: Delivery, data: Mapping[str, Any]) -> str:
    """Give the value, as ``a.b``, that a chart's defaults leave empty and that an object which it declares waits for.

    '' where none does: the chart is rendered with each such value set, and the object stays what it is.
    """
    unit = top.units[0] if top.units else None
    if not isinstance(unit, HelmUnit) or unit.layers:
        return ""
    paths = list(_unset(_defaults(tree, unit)))[:_MOST]
    units = [replace(unit, layers=(ValueLayer("inline", _holding(path)),)) for path in paths]
    for path, tried, answer in zip(paths, units, pool.answer_all([request_for(one) for one in units]), strict=True):
        if not isinstance(answer, EngineError) and not _gives(data, declared_in_answer(tree, top, tried, answer)[0]):
            return ".".join(str(step) for step in path)
    return ""


def _gives(data: Mapping[str, Any], declared: list[Any]) -> bool:
    return any(kind_of(item.data) == kind_of(data) and item.data.get("spec") == data.get("spec") for item in declared)


def _defaults(tree: SourceTree, unit: HelmUnit) -> Json:
    path = f"{unit.path}/values.yaml".removeprefix("./")
    documents = tree.read(path).documents if tree.is_file(path) else ()
    return documents[0].value if documents else None


def _unset(values: Json, path: FieldPath = ()) -> Iterator[FieldPath]:
    """Give the paths of what the defaults name and do not set."""
    for key, value in values.items() if isinstance(values, Mapping) else ():
        if value is None or value == "":
            yield (*path, str(key))
        yield from _unset(value, (*path, str(key)))


def _holding(path: FieldPath) -> dict[str, Any]:
    value: Any = _MARK
    for step in reversed(path):
        value = {str(step): value}
    return dict(value)
