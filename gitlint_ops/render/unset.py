"""Charts that nothing here delivers: what their default values leave open, for whoever installs them to set."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.render.answers import Answer
from gitlint_ops.render.declared import declared_in_answer, kind_of
from gitlint_ops.render.plan import Pool, request_for
from gitlint_ops.render.provenance.match import MISSING, value_at
from gitlint_ops.repo.model import Delivery, HelmUnit, Unit, ValueLayer
from gitlint_ops.source import FieldPath, Json, SourceTree

_FILLS: tuple[Json, ...] = ("x7q", 8080, True)
"""What an installer may give: one of these suits most fields."""
_MAX_TRIED = 40
"""How many sets of values are tried for one question."""
_MENTION = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")


class UnsetValues:
    """Tells what comes of values that charts leave empty, by rendering the charts with such values set."""

    def __init__(self, tree: SourceTree, pool: Pool) -> None:
        self._tree = tree
        self._pool = pool
        self._open: dict[str, Sequence[FieldPath]] = {}

    def behind_declared(self, top: Delivery, data: Mapping[str, Any]) -> str:
        """Give the value that a chart leaves empty and that an object which it declares waits for, as ``behind``."""
        unit = top.units[0] if top.units else None
        wanted = _told(data)

        def is_declared(answer: Answer) -> bool:
            declared = declared_in_answer(self._tree, top, unit, answer)[0] if unit is not None else ()
            return any(_told(item.data) == wanted for item in declared)

        return self.behind(unit, is_declared)

    def behind(self, unit: Unit | None, is_wrong: Callable[[Answer], bool]) -> str:
        """Give the value, as ``a.b``, that a chart leaves empty by default and without which its rendering is wrong.

        Where it takes several, one of them; '' where none does, or where the unit is no chart with its defaults alone.
        ``is_wrong`` judges a rendering with some of these values set.
        """
        if not isinstance(unit, HelmUnit) or unit.layers:
            return ""
        if unit.path not in self._open:
            self._open[unit.path] = sorted(_open(self._tree, unit.path))
        found = self._search(unit, self._open[unit.path], is_wrong)
        return ".".join(map(str, found[0])) if found else ""

    def _search(
        self, unit: HelmUnit, paths: Sequence[FieldPath], is_wrong: Callable[[Answer], bool]
    ) -> Sequence[FieldPath]:
        """Give the fewest of the values that mend the rendering: all at once, then by halves."""
        mended: Sequence[FieldPath] = ()
        groups = [paths]
        for _ in range(_MAX_TRIED):
            if not groups:
                break
            group = groups.pop(0)
            verdicts = [is_wrong(answer) if answer else None for answer in self._filled(unit, group)]
            if False in verdicts:
                mended, groups = group, []
            # Where a rendering failed, one of the values kept the others from showing what they do.
            if len(group) > 1 and (False in verdicts or None in verdicts):
                groups += [group[: len(group) // 2], group[len(group) // 2 :]]
        return mended

    def _filled(self, unit: HelmUnit, paths: Sequence[FieldPath]) -> list[Answer | None]:
        """Render a chart with values set, to each of the fills; None where that fails."""
        layers = [ValueLayer("inline", _holding(paths, fill)) for fill in _FILLS] if paths else []
        requests = [request_for(replace(unit, layers=(layer,), skip_schema_validation=True)) for layer in layers]
        return [None if isinstance(answer, EngineError) else answer for answer in self._pool.answer_all(requests)]


def until_set(chart: Unit, name: str) -> str:
    """Say in a sentence why what a chart renders to is not known yet: a value of it, as ``behind`` gives it."""
    reason = f"its value '{name}' is empty until it is installed"
    return f"nothing rendered here delivers the chart '{chart.path}', and {reason}"


def _told(data: Mapping[str, Any]) -> str:
    """Give what a declaring object tells its controller, as a text to compare."""
    return json.dumps([kind_of(data), data.get("spec")], sort_keys=True, default=str)


def _open(tree: SourceTree, chart: str) -> set[FieldPath]:
    """Give the paths of what a chart's defaults name and do not set, and of what its templates take from nowhere."""
    folder = "" if chart == "." else f"{chart}/"
    path = f"{folder}values.yaml"
    documents = tree.read(path).documents if tree.is_file(path) else ()
    values = documents[0].value if documents else {}
    templates = [name for name in tree.files_under(chart) if name.startswith(f"{folder}templates/")]
    mentioned = {tuple(found[1:].split(".")) for name in templates for found in _MENTION.findall(tree.text(name))}
    found = {*_unset(values), *(path for path in mentioned if _is_absent(values, path))}
    above = {path[:depth] for path in found for depth in range(len(path))}
    return found - above


def _unset(values: Json, path: FieldPath = ()) -> Iterator[FieldPath]:
    for key, value in values.items() if isinstance(values, Mapping) else ():
        if value is None or value == "":
            yield (*path, str(key))
        yield from _unset(value, (*path, str(key)))


def _is_absent(values: Json, path: FieldPath) -> bool:
    """Whether nothing is set at a path, nor anything above it but mappings."""
    if value_at(values, path) is not MISSING:
        return False
    above = (value_at(values, path[:depth]) for depth in range(1, len(path)))
    return all(value is MISSING or value is None or value == "" or isinstance(value, Mapping) for value in above)


def _holding(paths: Sequence[FieldPath], fill: Json) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for path in paths:
        below = values
        for step in path[:-1]:
            below = below.setdefault(str(step), {})
        below[str(path[-1])] = fill
    return values
