"""Trials: edit a place, render the unit again, and see whether the field changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.plan import request_for
from gitlint_ops.render.provenance.hit import Subject
from gitlint_ops.render.provenance.match import same, value_at
from gitlint_ops.repo.model import KustomizeUnit, Unit
from gitlint_ops.source import FieldPath, Json, SourceTree, Span

_MARK = "x7q"
_ENDING = re.compile(r"(.*?)([0-9]{1,18})?([\"']?)", re.DOTALL)
_KEPT = 16
"""Renderings that are kept: one line sets many fields (a tag those of all containers), and each is asked about."""


class Trials:
    """Runs trials. Each costs one rendering of the unit: they are for places that nothing else can judge."""

    def __init__(self, tree: SourceTree, engine: EngineClient) -> None:
        self._tree = tree
        self._engine = engine
        self._reads: dict[int, frozenset[str]] = {}
        self._renderings: dict[tuple[int, Span], list[Any] | None] = {}

    def changes(self, subject: Subject, span: Span) -> bool | None:
        """Whether an edit of the scalar at ``span`` changes the field; None where a trial cannot tell.

        That is where the unit's rendering does not read the file, or fails with the edit.
        """
        unit = subject.object.unit
        key = (id(unit), span)
        if key not in self._renderings:
            self._forget_oldest()
            self._renderings[key] = self._edit(unit, span)
        objects = self._renderings[key]
        if objects is None:
            return None
        found = rendered_again(objects, subject.object, subject.path)
        if found is not None and not same(value_at(found, subject.path), subject.value):
            return True
        return False if span.path in self._read_by(unit) else None

    def _forget_oldest(self) -> None:
        while len(self._renderings) >= _KEPT:
            del self._renderings[next(iter(self._renderings))]

    def _edit(self, unit: Unit, span: Span) -> list[Any] | None:
        """Give what the unit renders once the scalar at ``span`` is another; None where that shows nothing."""
        text = edited(self._tree, span)
        # A chart may draw a value anew at each rendering, whatever was edited.
        is_steady = isinstance(unit, KustomizeUnit) and not unit.enable_helm
        if text is None or not (is_steady or span.path in self._read_by(unit)):
            return None
        try:
            objects: list[Any] = self._engine.call(**request_for(unit), files={span.path: text})["objects"]
        except EngineError:
            # The edit broke the build: that shows nothing about any field.
            return None
        return objects

    def _read_by(self, unit: Unit) -> frozenset[str]:
        """Give the files that a unit's rendering reads; none where it fails."""
        if id(unit) not in self._reads:
            try:
                reads = self._engine.call(**request_for(unit), reads=True).get("reads") or ()
            except EngineError:
                reads = ()
            self._reads[id(unit)] = frozenset(read["path"] for read in reads)
        return self._reads[id(unit)]


def edited(tree: SourceTree, span: Span) -> str | None:
    """Give a file's text with the scalar at ``span`` altered; None for one over several lines."""
    lines = list(tree.lines(span.path))
    if span.line != span.end_line or span.line > len(lines):
        return None
    line = lines[span.line - 1]
    start, end = span.column - 1, span.end_column - 1
    lines[span.line - 1] = line[:start] + altered_text(line[start:end]) + line[end:]
    return "\n".join(lines)


def altered_text(written: str, nth: int = 0) -> str:
    """Give another scalar of the type of the one written: the other truth, the next number, a longer text.

    Of texts and numbers there are many others; ``nth`` says which.
    """
    if written in ("true", "false"):
        return "false" if written == "true" else "true"
    mark = f"{_MARK}{nth}z" if nth else _MARK
    found = _ENDING.fullmatch(written)
    if found is None:
        return written + mark
    before, number, quote = found.groups()
    # Versions, ports and quantities stay what they are when their last number grows.
    return f"{before}{int(number) + 1 + nth}{quote}" if number else f"{before}{mark}{quote}"


def rendered_again(objects: Sequence[Any], item: RenderedObject, path: FieldPath) -> Mapping[str, Any] | None:
    """Find an object among those of a second rendering of its unit, to see what became of its field at ``path``.

    By kind, name and namespace, by kind and name, else (its apiVersion is what changed) by kind and name alone, else
    (its name is) by its position: builds sort their output. Where the field is the kind itself, by all but the kind.
    """
    if path == ("kind",):
        return _of_any_kind(objects, item)
    same_kind: list[Mapping[str, Any]] = [found for found in objects if _has_kind(found, item)]
    alike = [found for found in same_kind if _is(found, item)]
    own = (item.name, value_at(item.data, ("metadata", "namespace")))
    for among, exactly in ((alike, own), (alike, own[:1]), (same_kind, own)):
        named = [found for found in among if _name(found)[: len(exactly)] == exactly]
        if len(named) == 1:
            return named[0]
    here: Mapping[str, Any] = objects[item.index] if item.index < len(objects) else {}
    return here if _is(here, item) else None


def _of_any_kind(objects: Sequence[Any], item: RenderedObject) -> Mapping[str, Any] | None:
    own = (item.name, value_at(item.data, ("metadata", "namespace")))
    named = [found for found in objects if found.get("apiVersion") == item.api_version and _name(found) == own]
    alike = [found for found in named if _has_kind(found, item)] or named
    return alike[0] if len(alike) == 1 else None


def _name(found: Mapping[str, Any]) -> tuple[Json, Json]:
    return value_at(found, ("metadata", "name")), value_at(found, ("metadata", "namespace"))


def _has_kind(found: Any, item: RenderedObject) -> bool:
    return isinstance(found, Mapping) and found.get("kind") == item.kind


def _is(found: Any, item: RenderedObject) -> bool:
    return _has_kind(found, item) and found.get("apiVersion") == item.api_version
