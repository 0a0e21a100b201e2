"""Charts that nothing here delivers: what their default values leave open, for whoever installs them to set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.render.declared import declared_in_answer, kind_of
from gitlint_ops.render.plan import Pool, request_for
from gitlint_ops.repo.model import Delivery, HelmUnit, ValueLayer
from gitlint_ops.source import FieldPath, Json, SourceTree

_MARK = "x7q"
_MAX_TRIED = 20
"""How many unset values of one chart are tried."""


class UnsetValues:
    """Tries the values that charts leave empty, those of each chart once."""

    def __init__(self, tree: SourceTree, pool: Pool) -> None:
        self._tree = tree
        self._pool = pool
        self._given: dict[str, list[tuple[str, frozenset[str]]]] = {}

    def behind(self, top: Delivery, data: Mapping[str, Any]) -> str:
        """Give the value, as ``a.b``, that a chart leaves empty by default and that an object it declares waits for.

        '' where none does: the chart is rendered with each such value set, and the object stays what it is.
        """
        if top.id not in self._given:
            self._given[top.id] = list(self._tried(top))
        wanted = _told(data)
        return next((name for name, given in self._given[top.id] if wanted not in given), "")

    def _tried(self, top: Delivery) -> Iterator[tuple[str, frozenset[str]]]:
        """Give each unset value with what the chart declares once it is set."""
        unit = top.units[0] if top.units else None
        if not isinstance(unit, HelmUnit) or unit.layers:
            return
        paths = list(_unset(_defaults(self._tree, unit)))[:_MAX_TRIED]
        units = [replace(unit, layers=(ValueLayer("inline", _holding(path)),)) for path in paths]
        answers = self._pool.answer_all([request_for(one) for one in units])
        for path, tried, answer in zip(paths, units, answers, strict=True):
            if not isinstance(answer, EngineError):
                declared = declared_in_answer(self._tree, top, tried, answer)[0]
                yield ".".join(str(step) for step in path), frozenset(_told(item.data) for item in declared)


def _told(data: Mapping[str, Any]) -> str:
    """Give what a declaring object tells its controller, as a text to compare."""
    return json.dumps([kind_of(data), data.get("spec")], sort_keys=True, default=str)


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
